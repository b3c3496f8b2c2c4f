import { MINUTE_MS } from "../../lib/time.ts";
import { toItem } from "../../model/articles/article.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { Link, LinkState } from "../../model/crawl/link.ts";
import type { ProcessRecord } from "../../model/operations/process.ts";
import { type Coverage, newCoverage } from "../../model/sources/coverage.ts";
import { encodeFingerprint } from "../../store/articles/fingerprints.ts";
import { emptyCounts } from "../../store/crawl/runs.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle, makeSource } from "./articles.ts";
import { fillAlarms } from "./full-alarms.ts";
import { makeLink } from "./links.ts";
import { makePreview } from "./previews.ts";
import { makePrint } from "./prints.ts";
import { makeCapture } from "./reading.ts";
import { makeSubscription } from "./subscriptions.ts";

/** The current time for a filled store. */
export const NOW = new Date("2026-11-25T12:00:00Z");

/** Returns the time this many minutes before `NOW`. */
export const before = (minutes: number) => new Date(NOW.getTime() - minutes * MINUTE_MS);

/** Number of documents in each collection of a filled store; twice as many links. */
export const MANY = 2000;

/** Returns the coverage of a source before the first count. */
export function makeCoverage(id: string): Coverage {
  const objective = { share: 0.99, within: 30 * MINUTE_MS };
  return newCoverage(id, { since: NOW, nextProbeAt: NOW, objective, now: NOW });
}

/** Fills each collection with many documents, of which a query needs only a few. */
export async function fillStore({ collections: all }: Store, many = MANY): Promise<void> {
  const each = <T>(make: (n: number) => T) => Array.from({ length: many }, (_, n) => make(n));
  const states: LinkState[] = ["done", "skipped", "done", "dead-letter", "due"];
  await all.links.insertMany(
    each((n): Link => {
      const state = states[n % 5] ?? "done";
      return makeLink(`link-${n}`, {
        host: `h${n % 40}.example`,
        sourceId: `s${n % 40}`,
        runId: `run-${n % 40}`,
        kind: n % 20 === 0 ? "feed" : "article",
        state,
        dueAt: state === "due" ? before(n / 10) : null,
        doneAt: state === "due" ? null : before(n * 60),
        announceAt: n % 500 === 9 ? before(n) : null,
        nextFetchAt: n % 500 === 7 ? before(n) : null,
        firstSeenAt: before(n),
        claim: n % 500 === 4 ? { token: `t${n}`, turn: 0, at: before(30), worker: "w" } : null,
        reason: state === "skipped" && n % 200 === 1 ? "too-old" : null,
      });
    }),
  );
  await all.coverage.insertMany(
    each((n) => {
      const [late, due] = [new Date(NOW.getTime() + 60_000), before(1)];
      const nextProbeAt = n === 2 ? due : late;
      return { ...makeCoverage(`s${n}`), nextCheckAt: n % 100 === 3 ? due : late, nextProbeAt };
    }),
  );
  await all.links.insertMany(
    each((n) => makeLink(`old-${n}`, { runId: "first", state: "skipped", dueAt: null })),
  );
  const why = { reason: "below relevance" as const, detail: "0.1 of 0.3" };
  await all.articles.insertMany(
    each((n) =>
      makeArticle(`a-${n}`, {
        sortAt: before(n * 30),
        sourceId: `s${n % 40}`,
        topics: [`topic-${n % 40}`],
        country: n % 40 === 0 ? "FR" : "DE",
        language: n % 40 === 0 ? "fr" : "en",
        text: "Short.",
        ...(n % 2 === 0 && { unlisted: { ...why, at: before(n * 30) } }),
        ...(n % 100 === 0 ? { pendingAt: before(1) } : {}),
      }),
    ),
  );
  await all.changes.insertMany(
    each((n) => {
      const article = makeArticle(`a-${n}`);
      const change = { kind: "created" as const, before: null, item: toItem(article), at: NOW };
      return { seq: n + 1, articleId: article._id, version: 1, ...change };
    }),
  );
  await all.fingerprints.insertMany(
    each((n) => {
      const keys = [0, 1, 2].map((more) => (n % 500) + more);
      const cluster = { match: null, origin: `a-${n}`, story: `a-${n - (n % 4)}` };
      const staleAt = n % 400 === 0 ? { staleAt: before(1) } : {};
      return encodeFingerprint(makePrint(`a-${n}`, { keys, at: NOW, cluster, ...staleAt }));
    }),
  );
  await all.runs.insertMany(
    each((n) => ({
      _id: `run-${n}`,
      sourceId: `s${n % 40}`,
      sourceVersion: 1,
      first: false,
      trigger: "schedule" as const,
      finishedAt: null,
      counts: emptyCounts(),
      problems: [],
      open: n < 40,
      startedAt: before(n * 30),
    })),
  );
  await all.processes.insertMany(
    each((n): ProcessRecord => {
      const counts = { restarts: 0, replaced: 0, lastExit: null, problem: null };
      return {
        _id: `p${n}`,
        name: "http",
        machine: "m",
        pid: n,
        since: NOW,
        ...counts,
        at: before(n),
      };
    }),
  );
  await all.hosts.insertMany(
    each((n): Host => {
      const turns = n % 50 === 0 ? { http: before(1), browser: before(2) } : {};
      const state = {
        delay: 1000,
        concurrency: 1,
        robots: null,
        address: null,
        failures: n % 400 === 0 ? 6 : 0,
        render: {},
      };
      const openUntil = n % 400 === 0 ? new Date(NOW.getTime() + MINUTE_MS) : null;
      return {
        _id: `h${n}.example`,
        nextTurnAt: turns,
        ...state,
        openUntil,
        openReason: null,
        ...(openUntil && { mistrustedUntil: openUntil }),
      };
    }),
  );
  await all.sources.insertMany(
    each((n) => makeSource(`s${n}`, { nextDueAt: n % 50 === 0 ? before(n) : null })),
  );
  await all.captures.insertMany(
    each((n) => ({
      ...makeCapture(`https://cities.example/${n}`),
      _id: `c-${n}`,
      linkId: `link-${n}`,
      sourceId: `s${n % 40}`,
      fetchedAt: before(n * 60),
      bodyId: `b-${n}`,
    })),
  );
  const bytes = new Uint8Array(8);
  await all.bodies.insertMany(
    each((n) => ({ _id: `b-${n}`, bytes, encoding: "gzip", size: 9, storedAt: before(n * 60) })),
  );
  const none = { articles: 0, fieldScore: 0, fields: {} };
  await all.quality.insertMany(each((n) => ({ _id: `s${n}`, current: none, previous: none })));
  await all.baselines.insertMany(each((n) => ({ _id: `s${n}`, titles: ["t"] })));
  await fillAlarms(all, each, before);
  await all.previews.insertMany(
    each((n) => ({
      ...makePreview(`p-${n}`, before(n * 30)),
      sourceId: `s${n % 40}`,
      activated: n % 4 === 0 ? { at: before(n * 30), actor: "user ada", reason: null } : null,
    })),
  );
  await all.subscriptions.insertMany(
    each((n) => {
      const askAt = n % 100 === 0 ? before(n) : null;
      return makeSubscription(`sub-${n}`, { sourceId: `s${n % 500}`, askAt });
    }),
  );
  await all.versions.insertMany(
    each((n) => ({
      _id: `s${n % 500}:${Math.floor(n / 500) + 1}`,
      sourceId: `s${n % 500}`,
      version: Math.floor(n / 500) + 1,
      at: before(n),
      actor: "user ada",
      reason: "their new feed",
      source: null,
      yaml: null,
    })),
  );
  await all.boilerplate.insertMany(
    each((n) => {
      const open = n % 400 === 0 ? { finishAt: before(n), rereadAt: before(n) } : {};
      return { _id: `s${n}`, recent: [], known: [], version: 1, ...open };
    }),
  );
  await all.audit.insertMany(
    each((n) => ({
      _id: `line-${n}`,
      at: before(n),
      actor: "user ada",
      action: "source.pause",
      subject: `s${n}`,
      reason: "they asked",
      detail: null,
    })),
  );
  await all.tombstones.insertMany(
    each((n) => ({
      _id: `key-${n}`,
      kind: "purged" as const,
      at: NOW,
      reason: "stored for 30 days",
      actor: "retention",
    })),
  );
  await all.corrections.insertMany(
    each((n) => {
      const word = { field: "topics" as const, add: ["ai"], remove: [] };
      const made = { actor: "ada", at: before(n * 30), reason: "it is so", undone: null };
      return { _id: `c-${n}`, articleId: `a-${n}`, word, ...made };
    }),
  );
  await all.intents.insertMany(
    each((n) => {
      return { _id: `i-${n}`, at: before(n), articleIds: [`a-${n}`], corrections: [], undone: [] };
    }),
  );
  const bookmark = { seq: 0, epoch: 0, lease: null, version: 1 };
  const made = { filter: {}, createdAt: NOW, createdBy: "ada", ...bookmark };
  await all.consumers.insertMany(each((n) => ({ _id: `site-${n}`, ...made, ackedAt: null })));
  const idle = {
    reason: null,
    failures: 0,
    failingSince: null,
    deliveredAt: null,
    lastProblem: null,
  };
  await all.subscribers.insertMany(
    each((n) => {
      const state = n % 100 === 0 ? ("active" as const) : ("paused" as const);
      const hook = { url: "https://site.example/", secrets: [], nextTryAt: NOW };
      return { _id: `wh-${n}`, ...made, ...idle, ...hook, state };
    }),
  );
  await all.deliveries.insertMany(
    each((n) => ({
      _id: `d-${n}`,
      subscriberId: `wh-${n % 40}`,
      messageId: `m-${n}`,
      seq: n,
      at: before(n / 10),
      ms: 1,
      delivered: true,
      problem: null,
      request: { url: "https://site.example/", headers: {}, digest: "", bytes: 1 },
      response: null,
    })),
  );
  await all.aliases.insertMany(
    each((n) => {
      const url = `https://cities.example/${n}`;
      return { _id: `key-${n}`, articleId: `a-${n}`, url, kind: "self" as const, at: NOW };
    }),
  );
}
