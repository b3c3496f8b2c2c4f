import pLimit from "p-limit";
import type { Logger } from "../../config/logger.ts";
import { spread } from "../../lib/hash.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import {
  COVERAGE_DAYS,
  type Coverage,
  type CoverageGap,
  type CoverageObjective,
  newCoverage,
} from "../../model/sources/coverage.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import { articlesOfKeys } from "../../store/articles/aliases.ts";
import { publicationStates } from "../../store/articles/articles.ts";
import {
  type AnnouncedLink,
  announcedLinks,
  entryLinks,
  knownLinkStates,
} from "../../store/crawl/links.ts";
import {
  addCoverage,
  countOfSources,
  coveredSources,
  dueCoverage,
  getCoverage,
  postponeCoverage,
  saveCoverage,
} from "../../store/sources/coverage.ts";
import { activeSourceIds, getSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { isUnreachable } from "../../store/writes.ts";
import { backfill } from "./backfill.ts";
import {
  type AnnouncedArticle,
  backfilled,
  countAnnouncements,
  dueBackfills,
  type Judged,
  judge,
  type Known,
} from "./judge.ts";

/** Dependencies of counting. */
export interface CoverageDeps {
  store: Store;
  now(): Date;
  log: Pick<Logger, "info" | "warn">;
  settings: { coverage: CoverageObjective };
}

/** Sources that one check counts, and those at once; the rest comes with the next one. */
const MAX_SOURCES = 500;
const SOURCES_AT_ONCE = 8;
/** Announcements of a source that one check counts, and the longest stretch of time that it reads, ms. */
const MAX_ANNOUNCEMENTS = 1000;
const MAX_STRETCH_MS = DAY_MS;
/** How soon a source is counted again: one with gaps or news, another one, one that failed, one that is retired; ms. */
const CHECK_DELAYS_MS = {
  active: 5 * MINUTE_MS,
  idle: 15 * MINUTE_MS,
  failed: HOUR_MS,
  retired: DAY_MS,
};
/** A source that is new begins with what was announced so short before, ms. */
const START_MS = HOUR_MS;

/** The objective of a source: its own, else the installation's. */
function objectiveOf(
  { coverage }: Pick<SourceRecord, "coverage">,
  { share, within }: CoverageObjective,
): CoverageObjective {
  return { share: coverage?.objective ?? share, within: coverage?.within ?? within };
}

/**
 * Counts what sources have announced and readers find, and makes due again what is missing. A source is counted every
 * few minutes; each announcement is read once, when the objective's time is over, and again only while it is missing.
 * Answers how many articles were made due.
 */
export async function checkCoverage(deps: CoverageDeps): Promise<number> {
  const { store, now, settings } = deps;
  await beginCounting(store, now(), settings.coverage);
  const due = await dueCoverage(store, now(), MAX_SOURCES);
  const sources = await getSources(store, due);
  const revived = await pLimit(SOURCES_AT_ONCE).map(due, (id) =>
    checkOne(deps, id, sources.get(id)),
  );
  return revived.reduce((sum, count) => sum + count, 0);
}

/** Counts one source; one that can't be counted stops no other. Answers how many articles were made due. */
async function checkOne(
  deps: CoverageDeps,
  id: string,
  source: SourceRecord | undefined,
): Promise<number> {
  const { store, now, log } = deps;
  const postpone = (delay: number) =>
    postponeCoverage(store, id, new Date(now().getTime() + delay));
  if (!source?.active) {
    await postpone(CHECK_DELAYS_MS.retired);
    return 0;
  }
  try {
    const coverage = await getCoverage(store, id);
    return coverage ? await checkSource(deps, source, coverage) : 0;
  } catch (err) {
    if (isUnreachable(err)) throw err;
    log.warn({ err, sourceId: id }, "can't count the coverage of a source");
    await postpone(CHECK_DELAYS_MS.failed);
    return 0;
  }
}

/** When this process last checked for sources that are new, and how many sources there were then, of each store. */
const checks = new WeakMap<Store, { at: Date; count: string }>();

/** Has every configured source counted from now on. All ids are only read where their number has changed, and once an hour. */
async function beginCounting(
  store: Store,
  now: Date,
  { share, within }: CoverageObjective,
): Promise<void> {
  const last = checks.get(store);
  const count = await countOfSources(store);
  if (last?.count === count && now.getTime() - last.at.getTime() < HOUR_MS) return;
  const [ids, known] = await Promise.all([activeSourceIds(store), coveredSources(store)]);
  const since = new Date(now.getTime() - START_MS);
  const fresh = ids.filter((id) => !known.has(id));
  await addCoverage(
    store,
    fresh.map((id) => {
      // In the first week, each source at another time.
      const nextProbeAt = new Date(now.getTime() + DAY_MS + spread(id) * 6 * DAY_MS);
      return newCoverage(id, { since, nextProbeAt, objective: { share, within }, now });
    }),
  );
  checks.set(store, { at: now, count: await countOfSources(store) });
}

/** Counts one source; answers how many articles were made due. */
async function checkSource(
  deps: CoverageDeps,
  source: SourceRecord,
  before: Coverage,
): Promise<number> {
  const { store, now, log, settings } = deps;
  const at = now();
  const objective = objectiveOf(source, settings.coverage);
  const gapKeys = before.gaps.map(({ key }) => key);
  const [{ links: recent, until }, gapLinks, awaited] = await Promise.all([
    readAnnounced(store, before, objective, at),
    knownLinkStates(store, gapKeys),
    knownLinkStates(store, before.awaited ?? []),
  ]);
  const links = [...recent, ...awaited.values()];
  const known = await knownOf(store, [...links, ...gapLinks.values()], before.gaps);
  const announced = await announcementsOf(store, links, known, before);
  const gaps = new Map(
    before.gaps.map((gap) => [gap.key, judge(gap, known(gap.key), objective.within)]),
  );
  const judged = announced.map((announcement): Judged => {
    const verdict = judge(announcement, known(announcement.key), objective.within);
    return { announcement, verdict };
  });
  const counted = countAnnouncements(before, judged, gaps, at);
  const due = isPaused(source, at) ? [] : dueBackfills(counted.gaps, at);
  const revived = new Set(due);
  const isBehind = until < latestCounted(at, objective);
  const isActive = counted.gaps.length > 0 || links.length > 0;
  const delay = isActive ? CHECK_DELAYS_MS.active : CHECK_DELAYS_MS.idle;
  const isSaved = await saveCoverage(store, {
    ...counted,
    objective,
    countedUntil: until,
    awaited: links
      .filter(isAwaited)
      .slice(-MAX_AWAITED)
      .map(({ _id }) => _id),
    nextCheckAt: new Date(at.getTime() + (isBehind ? 0 : delay)),
    gaps: counted.gaps.map((gap) => (revived.has(gap) ? backfilled(gap, at) : gap)),
  });
  // Another process that counted it meanwhile fetches them.
  if (!isSaved || due.length === 0) return 0;
  await backfill(store, source, due, at);
  log.info(
    { sourceId: source._id, articles: due.length },
    "missing articles scheduled for another fetch",
  );
  return due.length;
}

/** URLs of witnesses that are looked after while they are being fetched. */
const MAX_AWAITED = 100;

/** Whether only a witness named a link, and nobody knows yet whether it is an article. */
function isAwaited({ kind, witness, state, articleId }: AnnouncedLink): boolean {
  return kind === "article" && Boolean(witness) && state === "due" && !articleId;
}

/** Up to when announcements can be judged: the objective's time is over for them. */
function latestCounted(now: Date, { within }: CoverageObjective): Date {
  return new Date(now.getTime() - within);
}

/** What a source announced since it was counted last, and up to when that is all. */
async function readAnnounced(
  store: Store,
  { _id, countedUntil }: Coverage,
  objective: CoverageObjective,
  now: Date,
): Promise<{ links: AnnouncedLink[]; until: Date }> {
  const latest = latestCounted(now, objective);
  const from = countedUntil;
  if (latest <= from) return { links: [], until: from };
  const until = new Date(Math.min(latest.getTime(), from.getTime() + MAX_STRETCH_MS));
  const limit = MAX_ANNOUNCEMENTS;
  const links = await announcedLinks(store, _id, { from, until, limit });
  const last = links.at(-1)?.firstSeenAt;
  if (links.length < limit || !last) return { links, until };
  // Those of the last moment may not all be among them, and come with the next check, unless there is no other moment.
  const whole = links.filter(({ firstSeenAt }) => firstSeenAt < last);
  if (whole.length > 0) return { links: whole, until: new Date(last.getTime() - 1) };
  const moment = { from: new Date(last.getTime() - 1), until: last, limit: MAX_OF_MOMENT };
  return { links: await announcedLinks(store, _id, moment), until: last };
}

/** A sitemap names at most so many. */
const MAX_OF_MOMENT = 50_000;

/** What is known of each link and gap. */
async function knownOf(
  store: Store,
  links: readonly AnnouncedLink[],
  gaps: readonly CoverageGap[],
): Promise<(key: string) => Known> {
  const byKey = new Map(links.map((link) => [link._id, link]));
  const aliases = await articlesOfKeys(
    store,
    [...byKey.keys(), ...gaps.map(({ key }) => key)].filter((key) => !byKey.get(key)?.articleId),
  );
  const idOf = (key: string) => byKey.get(key)?.articleId ?? aliases.get(key) ?? null;
  const ids = [...byKey.keys(), ...gaps.map(({ key }) => key)].flatMap((key) => idOf(key) ?? []);
  const articles = await publicationStates(store, ids);
  return (key) => ({
    link: byKey.get(key) ?? null,
    article: articles.get(idOf(key) ?? "") ?? null,
  });
}

/** The articles that links announce; what only a witness named counts from its publication on, once there is an article. */
async function announcementsOf(
  store: Store,
  links: readonly AnnouncedLink[],
  known: (key: string) => Pick<Known, "article">,
  { since }: Coverage,
): Promise<AnnouncedArticle[]> {
  const articles = links.filter(({ kind, articlePageOf }) => kind === "article" && !articlePageOf);
  const open = articles.filter(({ articleId, witness }) => !articleId && !witness);
  const parents = await entryLinks(store, [
    ...new Set(open.flatMap(({ parentId }) => parentId ?? [])),
  ]);
  const urlOf = new Map(parents.map(({ _id, foundUrl }) => [_id, foundUrl]));
  return articles.flatMap((link): AnnouncedArticle[] => {
    const { _id: key, foundUrl: url, hints, witness, parentId, firstSeenAt } = link;
    const title = hints.title ?? null;
    const namedBy = [urlOf.get(parentId ?? "") ?? []].flat();
    if (!witness) return [{ key, url, title, announcedAt: firstSeenAt, namedBy }];
    const publishedAt = known(key).article?.publishedAt;
    if (witness.isCounted || !publishedAt || publishedAt < since) return [];
    return [{ key, url, title, announcedAt: publishedAt, namedBy: [witness.name] }];
  });
}

/** Adds what is announced besides to a source's coverage and has it checked soon; nothing for a source that isn't counted. */
export async function changeCoverage(
  store: Store,
  sourceId: string,
  change: (coverage: Coverage) => Coverage,
): Promise<Coverage | null> {
  for (;;) {
    const before = await getCoverage(store, sourceId);
    if (!before) return null;
    const changed = change(before);
    if (await saveCoverage(store, changed)) return changed;
  }
}

/** The earliest publication that is counted. */
export function countedSince({ since }: Pick<Coverage, "since">, now: Date): Date {
  return new Date(Math.max(since.getTime(), now.getTime() - COVERAGE_DAYS * DAY_MS));
}
