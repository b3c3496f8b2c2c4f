import fastify from "fastify";
import { expect, test } from "vitest";
import { PIPELINE } from "../../../../queues/pipeline.ts";
import type { AdminDeps } from "../../../../web/admin/deps.ts";
import { queuesPage } from "../../../../web/admin/queues.ts";

/** The page of the queues as a browser gets it. */
async function pageOf(queues: AdminDeps["queues"]): Promise<string> {
  const app = fastify();
  await app.register(queuesPage({ queues } as AdminDeps));
  const answer = await app.inject({ url: "/admin/queues", headers: { accept: "text/html" } });
  return answer.body;
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
