import { afterAll, beforeAll, expect, test } from "vitest";
import { readAudit } from "../../../../store/audit.ts";
import { ensureHosts, saveBreaker } from "../../../../store/hosts.ts";
import { getLink } from "../../../../store/links.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { cliOn } from "../../../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("an operator sees why a link was given up and its host is left alone, and has it fetched again", async () => {
  const store = await database.open("dead");
  const cli = cliOn(store);
  const gone = { state: "dead", dueAt: null, doneAt: new Date(), reason: "timeout" } as const;
  await store.collections.sources.insertOne(makeSource("cities"));
  await store.collections.links.insertOne(
    makeLink("a", { ...gone, detail: "no answer", attempts: 5 }),
  );
  const openUntil = new Date(Date.now() + 600_000);
  const openReason = "connecting took over 8 s";
  await ensureHosts(store, [{ host: "cities.example", delay: 1000, concurrency: 1 }]);
  await saveBreaker(store, "cities.example", { failures: 7, openUntil, openReason });

  const [list, shown, hosts, none] = await Promise.all([
    cli(["dead", "list", "--json", "--cause", "timeout"]),
    cli(["dead", "show", "a"]),
    cli(["hosts", "--json"]),
    cli(["dead", "replay"]),
  ]);
  expect(JSON.parse(list.out)).toMatchObject([{ _id: "a", reason: "timeout", attempts: 5 }]);
  expect(JSON.parse(shown.out)).toMatchObject({ link: { detail: "no answer" }, evidence: null });
  const nextTry = openUntil.toISOString();
  expect(JSON.parse(hosts.out)).toMatchObject([
    { breaker: { state: "open", nextTry, cause: openReason, failures: 7 } },
  ]);
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("--all")]);

  const reason = "their server is back";
  const done = await cli(["dead", "replay", "--source", "cities", "--reason", reason]);
  expect([done.code, done.out]).toEqual([0, "1 links are due now\n"]);
  expect(await getLink(store, "a")).toMatchObject({ state: "due", attempts: 0, reason: null });
  const audit = await readAudit(store, { before: new Date(Date.now() + 60_000), limit: 5 });
  expect(audit).toMatchObject([
    { action: "link.replay", subject: "cities", reason, detail: "1 links are due now" },
  ]);
});
