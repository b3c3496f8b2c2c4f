import fastify, { type FastifyRequest } from "fastify";
import { expect, test } from "vitest";
import { ProblemError } from "../../../../../model/problem.ts";
import { PIPELINE } from "../../../../../queues/queues.ts";
import type { Store } from "../../../../../store/store.ts";
import { queuesPage, queuesUi } from "../../../../../web/admin/system/queues.ts";
import { answerProblems } from "../../../../../web/server/problem.ts";
import { makePageDeps } from "../../../../helpers/admin.ts";

/** The page of the queues as a browser gets it. */
async function pageOf(counts: () => Promise<Record<string, Record<string, number>>>) {
  const deps = makePageDeps({} as Store, {
    producer: { counts, add: async () => {}, queues: () => [] },
  });
  const { html } = await queuesPage.show({} as FastifyRequest, deps);
  return String(typeof html === "function" ? await html() : html);
}

const counts = Object.fromEntries(
  PIPELINE.map(({ name }, n) => [name, { waiting: 100 + n, failed: 200 + n }]),
);
const shown = pageOf(async () => counts);

test.each(PIPELINE.map(({ name }, n) => [name, n] as const))(
  "the page of the queues says what a job of the queue %s is, and how many there are by state",
  async (name, n) => {
    const row = (await shown).split("<tr>").find((one) => one.includes(`>${name}</th>`)) ?? "";
    expect(row).toMatch(/<td>[a-z][^<]{5,}<\/td>/);
    const numbers = [...row.matchAll(/<td class="n">(\d+)/g)].map(([, count]) => Number(count));
    // Waiting, prioritised, at work, later, failed, paused.
    expect(numbers).toEqual([100 + n, 0, 0, 0, 200 + n, 0]);
  },
);

test("the page of the queues says of no two queues that their jobs are the same", async () => {
  const texts = [...(await shown).matchAll(/<\/th><td>([^<]+)/g)].map(([, text]) => text);
  expect(new Set(texts).size).toBe(PIPELINE.length);
});

test("the page of the queues says that Redis doesn't answer where it fails", async () => {
  expect(await pageOf(() => Promise.reject(new Error("lost")))).toContain("Redis doesn't answer");
});

test("a program that isn't let in is told so by bull-board's pages as by all others", async () => {
  const app = fastify();
  answerProblems(app, async () => null);
  app.addHook("onRequest", async () => {
    throw new ProblemError(401, "login-needed", "Log in, or show a key.");
  });
  await app.register(queuesUi([]));
  const { statusCode, headers, body } = await app.inject("/admin/queues/board/api/queues");
  expect([statusCode, headers["www-authenticate"]]).toEqual([401, "Bearer"]);
  expect(JSON.parse(body)).toMatchObject({ code: "login-needed" });
  await app.close();
});
