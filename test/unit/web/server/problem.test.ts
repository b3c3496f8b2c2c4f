import fastify from "fastify";
import { MongoNetworkError, MongoServerError } from "mongodb";
import { expect, test } from "vitest";
import { answerProblems } from "../../../../web/server/problem.ts";

async function answerTo(error: Error) {
  const app = fastify();
  answerProblems(app, async () => null);
  app.get("/", async () => {
    throw error;
  });
  const { statusCode, headers, body } = await app.inject("/");
  await app.close();
  return { statusCode, headers, problem: JSON.parse(body) as Record<string, unknown> };
}

test("a database that is away is a passing problem, with when to try again", async () => {
  const { statusCode, headers, problem } = await answerTo(new MongoNetworkError("refused"));
  expect(statusCode).toBe(503);
  expect(headers["retry-after"]).toBe("10");
  expect(problem).toMatchObject({ title: "Not available", code: "database-unreachable" });
});

test.each([
  ["fails, as on a full disk", 1],
  ["is shutting down", 91],
  ["is not the primary", 10107],
  ["has no disk space", 14031],
])("a database that %s is a passing problem", async (_, code) => {
  const error = new MongoServerError({ ok: 0, code, errmsg: "no" });
  const { statusCode, headers, problem } = await answerTo(error);
  expect(statusCode).toBe(503);
  expect(headers["retry-after"]).toBe("10");
  expect(problem).toMatchObject({ code: "database-failing" });
});

test("a query that the database refuses is an internal error", async () => {
  const error = new MongoServerError({ ok: 0, code: 2, errmsg: "bad value" });
  expect(await answerTo(error)).toMatchObject({ statusCode: 500 });
});

test("any other error says nothing of its cause but where to find it", async () => {
  const { statusCode, problem } = await answerTo(new Error("secret"));
  expect(statusCode).toBe(500);
  expect(problem).toMatchObject({ code: "internal-error" });
  expect(JSON.stringify(problem)).not.toContain("secret");
});
