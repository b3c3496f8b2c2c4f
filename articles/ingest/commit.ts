import { LIMITS } from "../../config/limits.ts";
import { type TimeStage, untimed } from "../../config/telemetry.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { Batcher } from "../../lib/async.ts";
import { sleep } from "../../lib/time.ts";
import type { Article, Retraction, Revision, Tombstone } from "../../model/articles/article.ts";
import type { Features, Fingerprint } from "../../model/articles/fingerprint.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import type { Discovery, Link, LinkChanges } from "../../model/crawl/link.ts";
import type { RevisitRates } from "../../model/sources/source.ts";
import {
  type ArticleWrite,
  addRevisions,
  addTombstones,
  claimAliases,
  getArticles,
  noteVersions,
  ownersOfKeys,
  tombstonesOf,
  touchArticles,
  writeArticles,
} from "../../store/articles/articles.ts";
import { addFeatures, getFingerprints, putFeatures } from "../../store/articles/fingerprints.ts";
import { correctionsOf } from "../../store/articles/stories.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import { noteHostFetches } from "../../store/crawl/hosts.ts";
import { recordOutcomes, removeLinks } from "../../store/crawl/links.ts";
import { isUnreachable } from "../../store/queries.ts";
import { noteRevisits } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { reserveArticles, retractArticle } from "../editorial/retract.ts";
import type { PageRights } from "../reading/parse-tasks.ts";
import { articleUrlOf, type Reading, revisionOf, writeOf } from "../revisions/draft.ts";
import { revisitRecordOf, stillThere, withNextFetch } from "../revisions/revisits.ts";
import {
  moves,
  recluster,
  repairStories,
  representations,
  type Status,
  sameFeatures,
  saveReclustering,
} from "../stories/repair.ts";
import {
  type Arrival,
  type Decision,
  decide,
  type Entry,
  type Grounds,
  identify,
  isAlternateVersion,
  isUnrecorded,
  keysOf,
  learnFrom,
  type ReadPage,
  variantsOf,
} from "./decide.ts";
import { announcedAfter, doneSet, skippedSet } from "./links.ts";

/** The result of fetching a link, to be stored. */
export interface CommitEntry {
  capture: Capture;
  body: Body | null;
  link: Link;
  /** The token of the claim that locked the link while a worker fetched it. */
  token: string;
  /** The article on the page; null if the page has none. */
  reading: Reading | null;
  /** The changes to the link. If the page has an article, the article's outcome overrides them. */
  linkSet: LinkChanges;
  /** How often revisits of the source's articles found a change; missing if that isn't known. */
  rates?: RevisitRates | undefined;
  /** Set if the response says that the article was retracted. */
  retraction?: Retraction | undefined;
  /** Set if a stored article's page was skipped because of its reservations. */
  reservation?: Pick<PageRights, "binding" | "reserved"> | undefined;
}

export type CommitResult = Partial<Pick<Link, "outcome" | "reason" | "articleId">> & {
  /** Whether the publisher, not our rules, changed the article; missing without an article. */
  rewritten?: boolean;
};

/** Stores the results of a process's fetches in batches. */
export interface Commit {
  /** Stores an entry and, after that, updates its link. Resolves with the link's outcome. */
  add(entry: CommitEntry): Promise<CommitResult>;
  /** Stores articles (announced items, and pages extracted again), but changes no link. */
  storeArticles(pages: ReadPage[]): Promise<void>;
}

/** Returns a `Commit` that collects up to `LIMITS.commitSize` entries for up to `batchDelayMs`. */
export function createCommit(store: Store, options: CommitOptions): Commit {
  const batcher = new Batcher<CommitEntry, Answer>(
    { size: LIMITS.commitSize, ms: options.batchDelayMs ?? LIMITS.commitDelay },
    // One batch at a time, so that copies arriving together see each other.
    (entries) => flushSafely(store, entries, options),
  );
  return {
    async add(entry) {
      for (;;) {
        const answer = await batcher.add(entry);
        if ("error" in answer) throw answer.error;
        if (!("postponedMs" in answer)) return answer;
        await sleep(answer.postponedMs);
      }
    },
    async storeArticles(pages) {
      await commitArticles(store, pages, options);
    },
  };
}

type Answer = CommitResult | { error: unknown } | { postponedMs: number };

async function flushSafely(
  store: Store,
  entries: CommitEntry[],
  options: CommitOptions,
): Promise<Answer[]> {
  try {
    const { timed = untimed } = options;
    const { articles, postponed } = await timed("store", () => flush(store, entries, options));
    return entries.map(({ link, linkSet }) => {
      const postponedMs = postponed.get(link._id);
      return postponedMs === undefined ? (articles.get(link._id) ?? linkSet) : { postponedMs };
    });
  } catch (error) {
    if (entries.length === 1 || isUnreachable(error)) return entries.map(() => ({ error }));
  }
  const results: Answer[] = [];
  for (const entry of entries) results.push(...(await flushSafely(store, [entry], options)));
  return results;
}

async function flush(
  store: Store,
  all: CommitEntry[],
  options: CommitOptions,
): Promise<{ articles: Map<string, CommitResult>; postponed: Map<string, number> }> {
  const unburied = await skipBuried(store, all, options.now());
  await addCaptures(
    store,
    unburied.map((entry) => entry.capture),
    unburied.flatMap((entry) => entry.body ?? []),
  );
  const pages = unburied.flatMap(({ link, capture, reading }) =>
    reading ? { link, capture, reading } : [],
  );
  const postponed = new Map<string, number>();
  const articles = await commitArticles(store, pages, { ...options, postponed });
  const entries = unburied.filter(({ link }) => !postponed.has(link._id));
  const doneAt = options.now();
  for (const { link, retraction } of entries) {
    if (retraction) await retractArticle(store, link, retraction);
  }
  const reserved = entries.flatMap(({ link, capture, reservation }) =>
    reservation ? { link, capture, ...reservation } : [],
  );
  if (reserved.length > 0) await reserveArticles(store, reserved, doneAt);
  await learnFrom(store, pages, articles, doneAt);
  const outcomes = entries.map(({ link, token, linkSet, capture, reading, rates }) => {
    const { revised = false, rewritten: _, ...outcome } = articles.get(link._id) ?? {};
    const cleared = link.losses ? { losses: null } : {};
    const values = { captureId: capture._id, doneAt, ...cleared, ...linkSet, ...outcome };
    const announced = { ...values, ...announcedAfter(link, values, doneAt) };
    const set = withNextFetch(link, announced, { reading, revised, rates, now: doneAt });
    return { link, id: link._id, token, set, revised };
  });
  await noteHostFetches(
    store,
    outcomes.flatMap(({ link, set }) => stillThere(link, set, doneAt) ?? []),
  );
  await noteRevisits(
    store,
    outcomes.flatMap(({ link, set, revised }) => revisitRecordOf(link, set, revised) ?? []),
  );
  await recordOutcomes(store, outcomes);
  return { articles, postponed };
}

const MAX_ATTEMPTS = 5;

interface Committed extends ReturnType<typeof doneSet> {
  articleId: string;
  revised: boolean;
  rewritten: boolean;
}

const MIN_TIME_AFTER_ANNOUNCEMENT_MS = 1000;

export interface CommitOptions extends Pick<Grounds, "timezone" | "editorialRules" | "now"> {
  /** How long to wait for more pages to store together, ms; by default, `LIMITS.commitDelay`. */
  batchDelayMs?: number;
  /** Measures the stages `dedupe` and `store`; missing if nothing is measured. */
  timed?: TimeStage;
  /**
   * Receives, by link id, how many ms a page must wait after its announcement. Without this map, no
   * page waits.
   */
  postponed?: Map<string, number>;
}

/** Returns the outcome of each link by its id; postponed links are missing. */
export async function commitArticles(
  store: Store,
  read: ReadPage[],
  options: CommitOptions,
): Promise<Map<string, Committed>> {
  if (read.length === 0) return new Map();
  const identities = await resolveIds(store, read, options.now());
  const outcomes = new Map<string, Committed>();
  let open = read.map((entry, index): Entry => {
    return { ...entry, articleId: entry.link._id, ...identities[index] };
  });
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === MAX_ATTEMPTS)
      throw new Error("other processes kept changing the same articles; the turn is repeated");
    const { decisions, lost, copies } = await decideAndWrite(store, open, options);
    for (const decision of decisions) {
      const { link, articleId, revised, before } = decision;
      if (lost.has(articleId)) continue;
      const outcome = countsAsNew(decision) ? "new" : decision.outcome;
      const again = outcome === "updated" && revised !== null;
      const isCopy = outcome === "new" && (copies.has(articleId) || Boolean(before?.duplicateOf));
      const rewritten = again && revised.revised.kind !== "reading";
      const became = doneSet(isCopy ? "copy" : outcome);
      outcomes.set(link._id, { ...became, articleId, revised: again, rewritten });
    }
    open = open.filter(({ articleId }) => lost.has(articleId));
  }
  return outcomes;
}

/**
 * Whether an article counts as new although it is stored: a worker ended before it updated the
 * link, or only the announcement was stored.
 */
function countsAsNew({ link, articleId, outcome, before, draft }: Decision): boolean {
  if (outcome === "unchanged") return isUnrecorded(link, articleId);
  if (outcome !== "updated" || before?.completeness !== "announced") return false;
  return draft !== null && draft.completeness !== "announced";
}

async function resolveIds(
  store: Store,
  read: ReadPage[],
  now: Date,
): Promise<Pick<Entry, "articleId" | "isVersion">[]> {
  const arrivals = read.map(arrivalOf);
  const keys = [...new Set(arrivals.flatMap(keysOf))];
  let owners = await ownersOfKeys(store, keys);
  let identities = identify(arrivals, owners, now);
  const granted = await claimAliases(
    store,
    identities.flatMap((identity) => identity.aliases),
  );
  if (!granted) {
    // Another process claimed a URL first, so the store's answer counts.
    owners = await ownersOfKeys(store, keys);
    identities = identify(arrivals, owners, now);
  }
  await noteVersions(
    store,
    identities.flatMap(({ version }) => version ?? []),
  );
  return identities.map(({ articleId }, index) => {
    return {
      articleId,
      isVersion: isAlternateVersion(owners.get(arrivals[index]?.link._id ?? "")),
    };
  });
}

async function decideAndWrite(store: Store, open: Entry[], options: CommitOptions) {
  const existing = await getArticles(store, [...new Set(open.map((entry) => entry.articleId))]);
  const corrections = await correctionsOf(store, [...existing.keys()]);
  const ready = open.filter((entry) => !postponeAfterAnnouncement(entry, existing, options));
  const decisions = decide(ready, { existing, corrections, ...options });
  const { timed = untimed } = options;
  const placement = await timed("dedupe", () => placeArticles(store, decisions, options.now()));
  const lost = await storeDecisions(store, decisions, placement, options.now);
  const copies = [...placement.own].flatMap(([id, { article }]) => (article.duplicateOf ? id : []));
  return { decisions, lost, copies: new Set(copies) };
}

function postponeAfterAnnouncement(
  { link, articleId, reading }: Entry,
  existing: ReadonlyMap<string, Article>,
  { postponed, now }: CommitOptions,
): boolean {
  const { completeness, servedAt } = existing.get(articleId) ?? {};
  if (!postponed || reading.announced || completeness !== "announced" || !servedAt) return false;
  const age = now().getTime() - servedAt.getTime();
  if (age < 0 || age >= MIN_TIME_AFTER_ANNOUNCEMENT_MS) return false;
  postponed.set(link._id, MIN_TIME_AFTER_ANNOUNCEMENT_MS - age);
  return true;
}

async function storeDecisions(
  store: Store,
  decisions: Decision[],
  { own, moved, reclustering }: Placement,
  now: () => Date,
): Promise<Set<string>> {
  const losing = new Set(await writeArticles(store, [...own.values(), ...moved]));
  const lost = new Set([...losing].map(({ article }) => article._id));
  const again = await saveReclustering(store, reclustering, { open: lost, now: now() });
  await repairStories(store, again, now);
  const isLost = ({ articleId }: Decision) => {
    const write = own.get(articleId);
    return write !== undefined && losing.has(write);
  };
  const won = decisions.filter((decision) => !isLost(decision));
  await Promise.all([
    addRevisions(
      store,
      won.flatMap((decision) => revisionsOf(decision, now())),
    ),
    touchArticles(
      store,
      won.flatMap(({ draft, articleId, seenAt }) => (draft ? [] : { id: articleId, at: seenAt })),
    ),
  ]);
  return new Set(decisions.filter(isLost).map(({ articleId }) => articleId));
}

function revisionsOf({ revised, before }: Decision, at: Date): Revision[] {
  if (!revised) return [];
  // The process that made the previous revision can have ended before storing it.
  const previous = before && before !== revised ? [revisionOf(before, before.lastSeenAt)] : [];
  return [...previous, revisionOf(revised, at)];
}

type Placement = Awaited<ReturnType<typeof placeArticles>>;

/**
 * Determines the stories of new or changed articles, and stores their fingerprints. Returns the
 * writes that the caller must do.
 */
export async function placeArticles(store: Store, decisions: readonly Decision[], now: Date) {
  const telling = decisions.filter(({ features }) => features !== null);
  const known = await getFingerprints(
    store,
    telling.map(({ articleId }) => articleId),
  );
  const seeds = telling.flatMap((decision) => seedOf(decision, known.get(decision.articleId)));
  // Stored before the comparison, so that of two processes storing copies, one sees the other's.
  const isNew = ({ _id }: Fingerprint) => !known.has(_id);
  await addFeatures(store, seeds.filter(isNew).map(featuresOf), now);
  await putFeatures(store, seeds.filter((seed) => !isNew(seed)).map(featuresOf), now);
  const reclustering = await recluster(store, seeds);
  const drafts = decisions.flatMap(({ draft }) => draft ?? []);
  const wanted = await representations(store, reclustering, drafts);
  const own = new Map<string, ArticleWrite>();
  for (const { articleId, draft, before } of decisions) {
    if (!draft) continue;
    const article = { ...draft, ...wanted.get(articleId) };
    const isMerged = before?.duplicateOf === null && article.duplicateOf !== null;
    const kind = isMerged ? "merged" : "updated";
    own.set(articleId, writeOf(article, before, before ? kind : "created", now));
    wanted.delete(articleId);
  }
  return { own, moved: await moves(store, wanted, now), reclustering };
}

function seedOf(
  { articleId, features, before, draft }: Decision,
  known: Fingerprint | undefined,
): Fingerprint[] {
  if (!features) return [];
  const isPlaced = known?.cluster && !known.staleAt;
  if (before && !draft && isPlaced) return [];
  const isAsBefore =
    before && draft && isPlaced && suitabilityKey(before) === suitabilityKey(draft);
  if (isAsBefore && sameFeatures(features, known)) return [];
  return [{ ...known, ...features, _id: articleId, version: (known?.version ?? 0) + 1 }];
}

function suitabilityKey({ status, completeness, fieldScore }: Omit<Status, "_id">): string {
  return `${status} ${completeness} ${fieldScore}`;
}

function featuresOf(seed: Fingerprint): Features & { _id: string } {
  const { version: _, cluster: __, staleAt: ___, linkConstraints: ____, ...features } = seed;
  return features;
}

interface BuriedEntry extends Pick<CommitEntry, "link" | "token" | "reading"> {
  capture: Pick<Capture, "hops" | "finalUrl">;
}

/**
 * Returns what an entry point listed, without links that have a tombstone. `erased` is the number
 * of links whose content was erased.
 */
export async function withoutBuried(
  store: Store,
  discovery: Discovery,
): Promise<{ discovery: Discovery; erased: number }> {
  const urls = [...discovery.links, ...discovery.skipped].flatMap(({ url }) => keyOf(url) ?? []);
  const buried = await tombstonesOf(store, urls);
  if (buried.size === 0) return { discovery, erased: 0 };
  const isAlive = ({ url }: { url: string }) => !buried.has(keyOf(url) ?? "");
  const erased = [...buried.values()].filter(({ kind }) => kind === "erased").length;
  const links = discovery.links.filter(isAlive);
  const skipped = discovery.skipped.filter(isAlive);
  const problems = [...discovery.problems];
  // Links of purged articles are still stored and record the purge themselves.
  if (erased > 0) problems.push(`erased links skipped: ${erased}`);
  return { discovery: { ...discovery, links, skipped, problems }, erased };
}

function keyOf(url: string): string | null {
  return URL.canParse(url) ? urlKey(url) : null;
}

/**
 * Returns the entries whose URLs have no tombstone. Marks the links of all other entries as
 * skipped, or deletes links of erased content.
 */
export async function skipBuried<T extends BuriedEntry>(
  store: Store,
  entries: T[],
  now: Date,
): Promise<T[]> {
  const all = entries.map((entry) => {
    return { entry, keys: entry.link.kind === "article" ? keysOf(arrivalOf(entry)) : [] };
  });
  const buried = await tombstonesOf(
    store,
    all.flatMap(({ keys }) => keys),
  );
  const left = all.flatMap(({ entry, keys }) => {
    const [tombstone] = keys.flatMap((key) => buried.get(key) ?? []);
    return tombstone ? { entry, tombstone } : [];
  });
  if (left.length === 0) return entries;
  await recordBuried(store, left, now);
  const gone = new Set(left.map(({ entry }) => entry));
  return entries.filter((entry) => !gone.has(entry));
}

/**
 * Marks links that have a tombstone as skipped. Deletes links of erased content, because their URLs
 * can name a person.
 */
export async function recordBuried(
  store: Store,
  left: { entry: Pick<BuriedEntry, "link" | "token">; tombstone: Tombstone }[],
  now: Date,
): Promise<void> {
  const erased = left.filter(({ tombstone }) => tombstone.kind === "erased");
  await addTombstones(
    store,
    erased.map(({ entry, tombstone }) => ({ ...tombstone, _id: entry.link._id, at: now })),
  );
  await removeLinks(
    store,
    erased.map(({ entry }) => entry.link._id),
  );
  await recordOutcomes(
    store,
    left.map(({ entry: { link, token }, tombstone: { kind, reason } }) => {
      const set = skippedSet({ skipped: kind, detail: reason });
      return { id: link._id, token, set: { ...set, doneAt: now } };
    }),
  );
}

function arrivalOf({ link, capture, reading }: Omit<BuriedEntry, "token">): Arrival {
  const { hops, finalUrl } = capture;
  const articleUrl = reading ? articleUrlOf(reading) : finalUrl;
  const variants = reading ? variantsOf(reading.extracted.extraction, finalUrl) : [];
  return { link, hops, finalUrl, articleUrl, variants };
}
