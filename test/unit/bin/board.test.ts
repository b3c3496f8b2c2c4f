import fastify from "fastify";
import { expect, test } from "vitest";
import { boardOf } from "../../../bin/roles/board.ts";
import { ProblemError } from "../../../model/problem.ts";
import { answerProblems } from "../../../web/server/problem.ts";

test("a program that isn't let in is told so by bull-board's pages as by all others", async () => {
  const app = fastify();
  answerProblems(app, async () => null);
  app.addHook("onRequest", async () => {
    throw new ProblemError(401, "login-needed", "Log in, or show a key.");
  });
  await app.register(boardOf([]));
  const { statusCode, headers, body } = await app.inject("/admin/queues/board/api/queues");
  expect([statusCode, headers["www-authenticate"]]).toEqual([401, "Bearer"]);
  expect(JSON.parse(body)).toMatchObject({ code: "login-needed" });
  await app.close();
});
