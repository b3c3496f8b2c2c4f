import { gzipSync } from "node:zlib";
import { MINUTE_MS } from "../../lib/time.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { Store } from "../../store/store.ts";
import { makeLink } from "../../test/helpers/links.ts";
import { makePreview } from "../../test/helpers/previews.ts";
import { makeCapture } from "../../test/helpers/reading.ts";
import { articlePage } from "../../test/helpers/site.ts";
import { fill, MULTI_PAGE_ROWS, share } from "./fill.ts";

export async function fillMore({ collections: all }: Store, articles: number): Promise<void> {
  const now = Date.now();
  const before = (minutes: number) => new Date(now - minutes * MINUTE_MS);
  await fill(all.audit, share(articles, 20), (n) => {
    const line = { action: "source.pause", reason: "they asked", detail: null };
    return {
      _id: `line-${n}`,
      at: before(n),
      actor: "user ada",
      subject: `town-${n % 900}`,
      ...line,
    };
  });
  await fill(all.corrections, share(articles, 50), (n) => {
    const word = { field: "topics" as const, add: ["ai"], remove: [] };
    const made = { actor: "ada", at: before(n * 10), reason: "it is so", undone: null };
    return { _id: `c-${n}`, articleId: `article-${n}`, word, ...made };
  });
  await fill(all.links, share(articles, 25), (n) => {
    const where = { host: `h${n % 900}.example`, sourceId: `town-${n % 900}` };
    const fate = { state: "done", reason: null, runId: `town-${n % 300}-1` } as const;
    return makeLink(`link-${n}`, { ...where, ...fate, dueAt: null, doneAt: before(n) });
  });
  await fill(all.links, share(articles, 100), (n) => {
    const where = { host: `h${n % 900}.example`, sourceId: `town-${n % 900}`, runId: "gone" };
    const fate = { state: "dead-letter", reason: "timeout", detail: "no answer" } as const;
    return makeLink(`dead-${n}`, { ...where, ...fate, dueAt: null, doneAt: before(n * 10) });
  });
  // The number of links of a run doesn't depend on the archive.
  await fill(all.links, 2 * MULTI_PAGE_ROWS, (n) => {
    const fate = { state: "done", reason: null, runId: "town-0-1" } as const;
    const where = { host: "town-0.example", sourceId: "town-0" };
    return makeLink(`run-${n}`, { ...where, ...fate, dueAt: null, doneAt: before(1) });
  });
  await fill(all.hosts, 1000, (n): Host => {
    const closed = n % 20 === 0;
    const openUntil = closed ? new Date(now + MINUTE_MS) : null;
    const pace = { delay: 2000, concurrency: 1, robots: null, address: null, render: {} };
    const reason = closed ? "no answer" : null;
    const failures = closed ? 6 : 0;
    const id = `h${n}.example`;
    return { _id: id, nextTurnAt: {}, ...pace, failures, openUntil, openReason: reason };
  });
  await fill(all.previews, 200, (n) => makePreview(`p-${n}`, before(n * 30)));
  await fill(all.versions, MULTI_PAGE_ROWS, (n) => {
    const id = { _id: `town-0:${n + 2}`, sourceId: "town-0", version: n + 2 };
    return { ...id, at: before(n), actor: "user ada", reason: "tuned", source: null, yaml: null };
  });
  const trouble = { kind: "source", state: "failing", words: "it is away", todo: null } as const;
  await fill(all.alarms, 300, (n) => {
    const at = before(n * 10);
    const told = { tellAt: at, notified: { opened: true, closed: true } };
    const closedAt = n % 5 === 0 ? null : at;
    const about = { _id: `source:town-${n}:dns`, subject: `town-${n}`, cause: "dns" as const };
    return { ...trouble, ...about, openedAt: at, closedAt, ...told };
  });
  await fillWebhooks(all, before);
  await fillPages(all, before);
}

async function fillWebhooks(all: Store["collections"], before: (minutes: number) => Date) {
  const made = { filter: {}, createdAt: before(9000), createdBy: "ada" };
  const bookmark = { seq: 0, epoch: 0, lease: null, version: 1 };
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
