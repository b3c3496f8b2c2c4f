import pLimit from "p-limit";
import type { Logger } from "../../config/logger.ts";
import { spread } from "../../lib/text.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import {
  type AnnouncedArticle,
  type Coverage,
  type CoverageGap,
  type CoverageObjective,
  newCoverage,
} from "../../model/sources/coverage.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import { articlesOfKeys, publicationStates } from "../../store/articles/articles.ts";
import {
  type AnnouncedLink,
  announcedLinks,
  entryLinks,
  knownLinkStates,
} from "../../store/crawl/links.ts";
import { isUnreachable } from "../../store/queries.ts";
import {
  addCoverage,
  coverageStamp,
  coveredSources,
  dueCoverage,
  getCoverage,
  postponeCoverage,
  saveCoverage,
} from "../../store/sources/coverage.ts";
import { activeSourceIds, getSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { backfill } from "./backfill.ts";
import {
  backfilled,
  countAnnouncements,
  dueBackfills,
  type Judged,
  judge,
  type Known,
} from "./judge.ts";

export interface CoverageDeps {
  store: Store;
  now(): Date;
  log: Pick<Logger, "info" | "warn">;
  settings: { coverage: CoverageObjective };
  noteProgress(): void;
}

const MAX_SOURCES = 500;
const SOURCE_CONCURRENCY = 8;
const MAX_ANNOUNCEMENTS = 1000;
const MAX_ANNOUNCEMENT_SPAN_MS = DAY_MS;
const CHECK_DELAYS_MS = {
  active: 5 * MINUTE_MS,
  idle: 15 * MINUTE_MS,
  failed: HOUR_MS,
  retired: DAY_MS,
};
const MAX_INITIAL_ANNOUNCEMENT_AGE_MS = HOUR_MS;

function objectiveOf(
  { coverage }: Pick<SourceRecord, "coverage">,
  { share, within }: CoverageObjective,
): CoverageObjective {
  return { share: coverage?.objective ?? share, within: coverage?.within ?? within };
}

/**
 * Counts the coverage of the sources whose next check is due. Returns the number of missing
 * articles that will be fetched again.
 */
export async function checkCoverage(deps: CoverageDeps): Promise<number> {
  const { store, now, settings } = deps;
  await beginCounting(store, now(), settings.coverage);
  const due = await dueCoverage(store, now(), MAX_SOURCES);
  const sources = await getSources(store, due);
  const revived = await pLimit(SOURCE_CONCURRENCY).map(due, async (id) => {
    const count = await checkOne(deps, id, sources.get(id));
    deps.noteProgress();
    return count;
  });
  return revived.reduce((sum, count) => sum + count, 0);
}

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

/** Coverage is large, so a search reads all of it only after changes, and once an hour. */
const sourceSearches = new WeakMap<Store, { at: Date; count: string }>();

async function beginCounting(store: Store, now: Date, objective: CoverageObjective): Promise<void> {
  const last = sourceSearches.get(store);
  const count = await coverageStamp(store);
  if (last?.count === count && now.getTime() - last.at.getTime() < HOUR_MS) return;
  const [ids, known] = await Promise.all([activeSourceIds(store), coveredSources(store)]);
  const since = new Date(now.getTime() - MAX_INITIAL_ANNOUNCEMENT_AGE_MS);
  const uncounted = ids.filter((id) => !known.has(id));
  const fresh = uncounted.map((id) => {
    // The first probes are spread over a week.
    const nextProbeAt = new Date(now.getTime() + DAY_MS + spread(id) * 6 * DAY_MS);
    return newCoverage(id, { since, nextProbeAt, objective, now });
  });
  await addCoverage(store, fresh);
  sourceSearches.set(store, { at: now, count: await coverageStamp(store) });
}

async function checkSource(
  deps: CoverageDeps,
  source: SourceRecord,
  before: Coverage,
): Promise<number> {
  const { store, now, log, settings } = deps;
  const at = now();
  const objective = objectiveOf(source, settings.coverage);
  // Unlisted gaps can be many, so only the first check of each hour judges them.
  const isNewHour = hourOf(at) !== hourOf(before.at);
  const unlisted = isNewHour ? (before.unlistedGaps ?? []) : [];
  const allGaps = [...before.gaps, ...unlisted];
  const gapKeys = allGaps.map(({ key }) => key);
  const [{ links: recent, until }, gapLinks, awaited] = await Promise.all([
    readAnnounced(store, before, objective, at),
    knownLinkStates(store, gapKeys),
    knownLinkStates(store, before.awaited ?? []),
  ]);
  const links = [...recent, ...awaited.values()];
  const known = await knownOf(store, [...links, ...gapLinks.values()], allGaps);
  const unlistedLinks = unlisted.flatMap(({ key }) => gapLinks.get(key) ?? []);
  const announced = await announcementsOf(store, [...links, ...unlistedLinks], known, before);
  const gaps = new Map(
    allGaps.map((gap) => [gap.key, judge(gap, known(gap.key), objective.within)]),
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
      .slice(-MAX_AWAITED_LINKS)
      .map(({ _id }) => _id),
    nextCheckAt: new Date(at.getTime() + (isBehind ? 0 : delay)),
    gaps: counted.gaps.map((gap) => (revived.has(gap) ? backfilled(gap, at) : gap)),
  });
  // Another process has checked the source meanwhile, and fetches the articles.
  if (!isSaved || due.length === 0) return 0;
  await backfill(store, source, due, at);
  log.info(
    { sourceId: source._id, articles: due.length },
    "missing articles will be fetched again",
  );
  return due.length;
}

function hourOf(at: Date): number {
  return Math.floor(at.getTime() / HOUR_MS);
}

const MAX_AWAITED_LINKS = 100;

function isAwaited({ kind, witness, state, articleId }: AnnouncedLink): boolean {
  return kind === "article" && Boolean(witness) && state === "due" && !articleId;
}

function latestCounted(now: Date, { within }: CoverageObjective): Date {
  return new Date(now.getTime() - within);
}

async function readAnnounced(
  store: Store,
  { _id, countedUntil }: Coverage,
  objective: CoverageObjective,
  now: Date,
): Promise<{ links: AnnouncedLink[]; until: Date }> {
  const latest = latestCounted(now, objective);
  const from = countedUntil;
  if (latest <= from) return { links: [], until: from };
  const until = new Date(Math.min(latest.getTime(), from.getTime() + MAX_ANNOUNCEMENT_SPAN_MS));
  const limit = MAX_ANNOUNCEMENTS;
  const links = await announcedLinks(store, _id, { from, until, limit });
  const last = links.at(-1)?.firstSeenAt;
  if (links.length < limit || !last) return { links, until };
  // Links of the last moment might be incomplete. They are read in the next check, unless there is
  // no earlier moment.
  const whole = links.filter(({ firstSeenAt }) => firstSeenAt < last);
  const before = new Date(last.getTime() - 1);
  if (whole.length > 0) return { links: whole, until: before };
  const moment = { from: before, until: last, limit: MAX_LINKS_WITH_SAME_TIME };
  return { links: await announcedLinks(store, _id, moment), until: last };
}

/** Links first seen at the same time usually come from one sitemap, which can't list more. */
const MAX_LINKS_WITH_SAME_TIME = 50_000;

async function knownOf(
  store: Store,
  links: readonly AnnouncedLink[],
  gaps: readonly Pick<CoverageGap, "key">[],
): Promise<(key: string) => Known> {
  const byKey = new Map(links.map((link) => [link._id, link]));
  const keys = [...byKey.keys(), ...gaps.map(({ key }) => key)];
  const unread = keys.filter((key) => !byKey.get(key)?.articleId);
  const aliases = await articlesOfKeys(store, unread);
  const idOf = (key: string) => byKey.get(key)?.articleId ?? aliases.get(key) ?? null;
  const ids = keys.flatMap((key) => idOf(key) ?? []);
  const articles = await publicationStates(store, ids);
  return (key) => ({
    link: byKey.get(key) ?? null,
    article: articles.get(idOf(key) ?? "") ?? null,
  });
}

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
    // Without an entry point, an article counts as announced when it was published.
    const publishedAt = known(key).article?.publishedAt;
    if (witness.isCounted || !publishedAt || publishedAt < since) return [];
    return [{ key, url, title, announcedAt: publishedAt, namedBy: [witness.name] }];
  });
}

/**
 * Changes and returns a source's coverage; null if there is none. Calls `change` again after a
 * concurrent write.
 */
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
