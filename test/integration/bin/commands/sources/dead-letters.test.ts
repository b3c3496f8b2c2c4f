import { afterAll, beforeAll, expect, test } from "vitest";
import type { Link } from "../../../../../model/crawl/link.ts";
import type { AuditEntry } from "../../../../../model/operations/audit.ts";
import { ensureHosts, saveBreaker } from "../../../../../store/crawl/hosts.ts";
import { getLink } from "../../../../../store/crawl/links.ts";
import { readAudit } from "../../../../../store/operations/audit.ts";
import { makeSource } from "../../../../helpers/articles.ts";
import type { CliEnd } from "../../../../helpers/cli.ts";
import { commandsOn } from "../../../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../../../helpers/database.ts";
import { makeLink } from "../../../../helpers/links.ts";

const openUntil = new Date(Date.now() + 600_000);
const openReason = "connecting took over 8 s";
const reason = "their server is back";

let database: TestDatabase;
/** How each command ended. */
const ended: Record<string, CliEnd> = {};
let replayed: Link | null;
let audit: AuditEntry[];
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("dead");
  const cli = commandsOn(store);
  const gone = {
    state: "dead-letter",
    dueAt: null,
    doneAt: new Date(),
    reason: "timeout",
  } as const;
  await store.collections.sources.insertOne(makeSource("cities"));
  await store.collections.links.insertOne(
    makeLink("a", { ...gone, detail: "no answer", attempts: 5 }),
  );
  await ensureHosts(store, [{ host: "cities.example", delay: 1000, concurrency: 1 }]);
  await saveBreaker(store, "cities.example", { failures: 7, openUntil, openReason });
  const [list, show, hosts, all] = await Promise.all([
    cli(["dead-letters", "list", "--json", "--cause", "timeout"]),
    cli(["dead-letters", "show", "a"]),
    cli(["hosts", "--json"]),
    cli(["dead-letters", "replay"]),
  ]);
  const replay = await cli(["dead-letters", "replay", "--source", "cities", "--reason", reason]);
  Object.assign(ended, { list, show, hosts, all, replay });
  replayed = await getLink(store, "a");
  audit = await readAudit(store, { before: new Date(Date.now() + 60_000), limit: 5 });
});
afterAll(() => database.close());

test("Dead letters are listed by their cause", () => {
  expect(JSON.parse(ended["list"]?.out ?? "")).toMatchObject([
    { _id: "a", reason: "timeout", attempts: 5 },
  ]);
});

test("A dead letter shows its detail", () => {
  expect(JSON.parse(ended["show"]?.out ?? "")).toMatchObject({
    link: { detail: "no answer" },
    evidence: null,
  });
});

test("A host with an open breaker shows its cause and the next try", () => {
  expect(JSON.parse(ended["hosts"]?.out ?? "")).toMatchObject([
    {
      breaker: {
        state: "open",
        nextTry: openUntil.toISOString(),
        cause: openReason,
        failures: 7,
      },
    },
  ]);
});

test("All dead letters are replayed only with the option --all", () => {
  const { code, err } = ended["all"] ?? {};
  expect([code, err]).toEqual([2, expect.stringContaining("--all")]);
});

test("The dead letters of a source are replayed", () => {
  const { code, out } = ended["replay"] ?? {};
  expect([code, out]).toEqual([0, "links that are due now: 1\n"]);
  expect(replayed).toMatchObject({ state: "due", attempts: 0, reason: null });
});

test("The audit log says which dead letters were replayed and why", () => {
  expect(audit).toMatchObject([
    { action: "link.replay", subject: "cities", reason, detail: "links that are due now: 1" },
  ]);
});
