import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import type { Host } from "../../model/host.ts";
import type { Store } from "../../store/store.ts";
import { makeLink } from "../../test/helpers/links.ts";
import { makePreview } from "../../test/helpers/previews.ts";
import { makeCapture } from "../../test/helpers/reading.ts";
import { articlePage } from "../../test/helpers/site.ts";

const MINUTE = 60_000;
/** At most so many documents in one write. */
const BATCH = 50;

type Many<T> = { insertMany(documents: T[]): Promise<unknown> };

/** Writes `count` documents, in pieces that the embedded database bears. */
async function fill<T>(into: Many<T>, wanted: number, make: (n: number) => T): Promise<void> {
  const count = Math.floor(wanted);
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    await into.insertMany(Array.from({ length }, (_, index) => make(from + index)));
  }
}

/** What stands beside articles, sources and runs: what people and machines did, said and have to look at. */
export async function fillMore({ collections: all }: Store, articles: number): Promise<void> {
  const now = Date.now();
  const before = (minutes: number) => new Date(now - minutes * MINUTE);
  await fill(all.audit, articles / 20, (n) => {
    const line = { action: "source.hold", reason: "they asked", detail: null };
    return { _id: `line-${n}`, at: before(n), by: "user ada", subject: `town-${n % 900}`, ...line };
  });
  await fill(all.corrections, articles / 50, (n) => {
    const word = { field: "topics" as const, add: ["ai"], remove: [] };
    const made = { by: "ada", at: before(n * 10), reason: "it is so", undone: null };
    return { _id: `c-${n}`, articleId: `article-${n}`, word, ...made };
  });
  await fill(all.links, articles / 20, (n) => {
    const fate =
      n % 5 === 0
        ? ({ state: "dead", reason: "timeout", detail: "no answer" } as const)
        : ({ state: "done", reason: null } as const);
    const runId = n < 1000 ? "town-0-1" : `town-${n % 300}-1`;
    const where = { host: `h${n % 900}.example`, sourceId: `town-${n % 900}`, runId };
    return makeLink(`link-${n}`, { ...where, ...fate, dueAt: null, doneAt: before(30) });
  });
  await fill(all.hosts, 1000, (n): Host => {
    const closed = n % 20 === 0;
    const openUntil = closed ? new Date(now + MINUTE) : null;
    const pace = { delay: 2000, concurrency: 1, robots: null, address: null, render: {} };
    const reason = closed ? "no answer" : null;
    const failures = closed ? 6 : 0;
    const id = `h${n}.example`;
    return { _id: id, nextTurnAt: {}, ...pace, failures, openUntil, openReason: reason };
  });
  await fill(all.previews, 200, (n) => makePreview(`p-${n}`, before(n * 30)));
  await fill(all.versions, 100, (n) => {
    const id = { _id: `town-0:${n + 2}`, sourceId: "town-0", version: n + 2 };
    return { ...id, at: before(n), by: "user ada", reason: "tuned", source: null, yaml: null };
  });
  const trouble = { kind: "source", state: "failing", words: "it is away", todo: null } as const;
  await fill(all.alarms, 300, (n) => {
    const at = before(n * 10);
    const told = { tellAt: at, told: { opened: true, closed: true } };
    const closedAt = n % 5 === 0 ? null : at;
    const about = { _id: `source:town-${n}:dns`, subject: `town-${n}`, cause: "dns" };
    return { ...trouble, ...about, openedAt: at, closedAt, ...told };
  });
  await fillWebhooks(all, before);
  await fillPages(all, before);
}

async function fillWebhooks(all: Store["collections"], before: (minutes: number) => Date) {
  const made = { filter: {}, createdAt: before(9000), createdBy: "ada" };
  const bookmark = { seq: 0, epoch: 0, lease: null, turn: 1 };
  const well = { reason: null, failures: 0, failingSince: null, lastProblem: null };
  await fill(all.subscribers, 20, (n) => {
    const hook = { url: "https://site.example/", secrets: [], nextTryAt: before(-60) };
    const state = "active" as const;
    return {
      _id: `wh-${n}`,
      ...made,
      ...bookmark,
      ...well,
      deliveredAt: before(n),
      ...hook,
      state,
    };
  });
  await fill(all.deliveries, 2000, (n) => {
    const request = { url: "https://site.example/", headers: {}, digest: "", bytes: 1 };
    const came = { ms: 1, delivered: true, problem: null, request, response: null };
    return {
      _id: `d-${n}`,
      subscriberId: `wh-${n % 20}`,
      messageId: `m-${n}`,
      seq: n,
      at: before(n),
      ...came,
    };
  });
}

/** Archived pages of one source, to point at, and the one that an article was made of. */
async function fillPages(all: Store["collections"], before: (minutes: number) => Date) {
  await fill(all.captures, 20, (n) => ({
    ...makeCapture(`https://town-0.example/${n}`),
    _id: `capture-${n}`,
    linkId: `link-${n}`,
    sourceId: "town-0",
    fetchedAt: before(n),
    bodyId: `body-${n}`,
  }));
  await fill(all.bodies, 20, (n) => {
    const page = articlePage(`Report ${n}`);
    const bytes = gzipSync(page);
    return {
      _id: `body-${n}`,
      bytes,
      encoding: "gzip" as const,
      size: page.length,
      storedAt: before(n),
    };
  });
  await all.articles.updateOne({ _id: "article-7" }, { $set: { captureId: "capture-7" } });
}

/** The sources' files, as an operator has them. */
export async function writeFiles(dir: string, sources: number): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (let n = 0; n < sources; n++) {
    const feeds = [`https://town-${n}.example/rss`];
    const text = stringify({ id: `town-${n}`, name: `Town ${n}`, feeds });
    await writeFile(join(dir, `town-${n}.yaml`), text);
  }
}
