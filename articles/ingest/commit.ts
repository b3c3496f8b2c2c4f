import { LIMITS } from "../../config/limits.ts";
import { untimed } from "../../config/telemetry/stage.ts";
import { Batcher } from "../../lib/batch.ts";
import type { Retraction } from "../../model/articles/editorial.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { LookRates } from "../../model/sources/source.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import { noteHostLooks } from "../../store/crawl/hosts.ts";
import { type Settlement, settleLinks } from "../../store/crawl/links.ts";
import { noteLooks } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { isUnreachable } from "../../store/writes.ts";
import type { Reading } from "../publication/article.ts";
import { lookedAt, stillThere, withNextLook } from "../revisions/next-look.ts";
import { retractArticles } from "../revisions/retract.ts";
import { leaveBuried } from "./buried.ts";
import { type ArticlePage, type CommitOptions, commitArticles } from "./commit-articles.ts";
import { learnFrom } from "./learn.ts";

/** What one look at a link brought, to be stored. */
export interface CommitEntry {
  capture: Capture;
  body: Body | null;
  link: Link;
  /** The claim that the link was fetched under. */
  token: string;
  /** The article that the page holds; null when it holds none. */
  reading: Reading | null;
  /** What becomes of the link when it is no article. */
  settle: Settlement["set"];
  /** How often looks at the source's articles found a change. */
  rates?: LookRates | undefined;
  /** The answer says that the article was taken back. */
  retraction?: Retraction | undefined;
}

/** What became of a link. */
export type Settled = Partial<Pick<Link, "outcome" | "reason" | "articleId">> & {
  /** Its publisher has changed the article. */
  rewritten?: boolean;
};

/** Group commit of host turns. */
export interface Commit {
  /** Resolves once everything of the entry is stored, with what became of its link, done last. */
  add(entry: CommitEntry): Promise<Settled>;
  /** Stores an article that was read anew from what is stored. */
  readAgain(page: ArticlePage): Promise<void>;
}

/**
 * Collects the turns of one process for a moment or up to 50 of them and stores them in few round
 * trips: bodies and captures, then articles with all that hangs on them, then the links.
 */
export function createCommit(store: Store, options: CommitOptions): Commit {
  const batcher = new Batcher<CommitEntry, Failure | Settled>(
    { size: LIMITS.commitSize, ms: options.company ?? LIMITS.commitDelay },
    // One batch after the other, so copies that arrive at the same time see each other.
    (entries) => flushSafely(store, entries, options),
  );
  return {
    async add(entry) {
      const answer = await batcher.add(entry);
      if ("error" in answer) throw answer.error;
      return answer;
    },
    async readAgain(page) {
      await commitArticles(store, [page], options);
    },
  };
}

interface Failure {
  error: unknown;
}

/** Stores a batch, or each entry alone if something in it can't be stored: it harms only itself. */
async function flushSafely(
  store: Store,
  entries: CommitEntry[],
  options: CommitOptions,
): Promise<(Failure | Settled)[]> {
  try {
    const { timed = untimed } = options;
    const articles = await timed("store", () => flush(store, entries, options));
    return entries.map(({ link, settle }) => articles.get(link._id) ?? settle);
  } catch (error) {
    if (entries.length === 1 || isUnreachable(error)) return entries.map(() => ({ error }));
  }
  const results: (Failure | Settled)[] = [];
  for (const entry of entries) results.push(...(await flushSafely(store, [entry], options)));
  return results;
}

async function flush(
  store: Store,
  all: CommitEntry[],
  options: CommitOptions,
): Promise<Map<string, Settled>> {
  const entries = await leaveBuried(store, all, options.now());
  await addCaptures(
    store,
    entries.map((entry) => entry.capture),
    entries.flatMap((entry) => entry.body ?? []),
  );
  const pages = entries.flatMap(({ link, capture, reading }) =>
    reading ? { link, capture, reading } : [],
  );
  const articles = await commitArticles(store, pages, options);
  const doneAt = options.now();
  await retractArticles(
    store,
    entries.flatMap(({ link, retraction }) => (retraction ? { link, retraction } : [])),
  );
  await learnFrom(store, pages, articles, doneAt);
  const settled = entries.map(({ link, token, settle, capture, reading, rates }) => {
    const { revised = false, rewritten: _, ...outcome } = articles.get(link._id) ?? {};
    const cleared = link.losses ? { losses: null } : {};
    const came = { captureId: capture._id, doneAt, ...cleared, ...settle, ...outcome };
    const set = withNextLook(link, came, { reading, revised, rates, now: doneAt });
    return { link, id: link._id, token, set, revised };
  });
  await noteHostLooks(
    store,
    settled.flatMap(({ link, set }) => stillThere(link, set, doneAt) ?? []),
  );
  await noteLooks(
    store,
    settled.flatMap(({ link, set, revised }) => lookedAt(link, set, revised) ?? []),
  );
  await settleLinks(store, settled);
  return articles;
}
