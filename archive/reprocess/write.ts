import { setTimeout } from "node:timers/promises";
import { commitArticles } from "../../articles/ingest/commit.ts";
import type { Parser } from "../../articles/reading/parser.ts";
import { writeOf } from "../../articles/revisions/draft.ts";
import { repairStories, restoryArticles } from "../../articles/stories/repair.ts";
import type { Cached } from "../../lib/async.ts";
import type { Article } from "../../model/articles/article.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { getArticles, refreshArticles, writeArticles } from "../../store/articles/articles.ts";
import { boilerplateKeys, endReread, takeReread } from "../../store/sources/learned.ts";
import type { Store } from "../../store/store.ts";
import { type Derivation, type Planned, planReading, type ReprocessDeps } from "./plan.ts";

const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 20;

/**
 * Writes articles that were derived again. Calls `again` for articles that other processes changed
 * meanwhile. Throws if articles keep changing.
 */
export async function write(
  deps: Pick<ReprocessDeps, "store" | "timezone" | "now">,
  planned: readonly Planned[],
  { resumed, again }: { resumed: boolean; again(articles: Article[]): Promise<Planned[]> },
): Promise<void> {
  let open = derivationsOf(planned);
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === MAX_ATTEMPTS)
      throw new Error("other processes kept changing the articles: try again");
    if (tries > 0) await setTimeout(RETRY_DELAY_MS * tries);
    const lost = await apply(deps, open, resumed);
    if (lost.length === 0) return;
    open = derivationsOf(await again([...(await getArticles(deps.store, lost)).values()]));
  }
}

function derivationsOf(planned: readonly Planned[]): Derivation[] {
  return planned.flatMap((come) => ("left" in come ? [] : come));
}

/**
 * Writes the derivations that differ from the stored articles. Returns the ids of articles that
 * other processes changed meanwhile. If `resumed`, repeats writes that an interrupted run might
 * have missed.
 */
export async function apply(
  { store, timezone, now }: Pick<ReprocessDeps, "store" | "timezone" | "now">,
  derivations: readonly Derivation[],
  resumed: boolean,
): Promise<string[]> {
  const differing = derivations.filter(({ differs }) => differs);
  const shown = differing.filter(({ visible }) => visible);
  // An interrupted process could have made only some of the writes.
  const pages = (resumed ? derivations : shown).flatMap(({ page }) => page ?? []);
  await commitArticles(store, pages, { timezone, now });
  const writes = shown
    .filter(({ page }) => !page)
    .map(({ before, draft }) => {
      const next = { ...draft, version: before.version + 1 };
      return writeOf(next, before, "updated", now());
    });
  const lost = (await writeArticles(store, writes)).map(({ article }) => article._id);
  await refreshArticles(
    store,
    differing.filter(({ visible }) => !visible).map(({ draft }) => draft),
  );
  // Status and field score decide which article represents a story. The language decides how texts
  // are compared.
  const ranked = derivations.filter(
    ({ before, draft }) =>
      resumed || before.status !== draft.status || before.fieldScore !== draft.fieldScore,
  );
  await repairStories(
    store,
    ranked.map(({ before }) => before._id),
    now,
  );
  const translated = shown.filter(
    ({ before, draft, page }) => !page && before.language !== draft.language,
  );
  const retold = translated.map(({ before, draft }) => ({ ...before, ...draft }));
  if (retold.length > 0) await restoryArticles(store, retold, now);
  return lost;
}

const BATCH_SIZE = 50;
const LEASE_MS = 60_000;

interface RereadDeps {
  store: Store;
  parser: Parser;
  sources: Cached<SourceRecord | null>;
  now(): Date;
  settings: { timezone: string };
}

function readingDeps(deps: RereadDeps) {
  // Read from the store, because a cache can have outdated boilerplate.
  const boilerplate = { get: (id: string) => boilerplateKeys(deps.store, id), forget: () => {} };
  return { ...deps, boilerplate, timezone: deps.settings.timezone };
}

/** Extracts articles of a source again if the boilerplate to remove from them has changed. */
export async function rereadArticles(
  deps: RereadDeps & { noteProgress(): void },
  sourceId: string,
): Promise<void> {
  const { store, now } = deps;
  const reading = readingDeps(deps);
  for (;;) {
    const at = now();
    const until = new Date(at.getTime() + LEASE_MS);
    const ids = await takeReread(store, sourceId, { now: at, until, limit: BATCH_SIZE });
    if (!ids) return;
    const articles = [...(await getArticles(store, ids)).values()];
    const planned = await planReading(reading, articles, deps.noteProgress);
    await write(reading, planned, {
      resumed: true,
      again: (changed) => planReading(reading, changed, deps.noteProgress),
    });
    await endReread(store, sourceId, ids, now());
  }
}

/**
 * Extracts an article again and writes it. `visible` of the result tells whether readers see a
 * difference.
 */
export async function rereadArticle(
  deps: RereadDeps,
  article: Article,
): Promise<{ differs: boolean; visible: boolean } | { problem: string }> {
  const reading = readingDeps(deps);
  const planned = await planReading(reading, [article]);
  const [one] = planned;
  if (!one) return { problem: "there is nothing to read" };
  if ("left" in one) return { problem: one.left };
  await write(reading, planned, {
    resumed: false,
    again: (articles) => planReading(reading, articles),
  });
  return { differs: one.differs, visible: one.visible };
}
