import type { Logger } from "../config/logger.ts";
import { finishBoilerplate, keyParagraph, partsOf } from "../extractors/boilerplate.ts";
import type { Author } from "../model/operations/audit.ts";
import { driftWords } from "../model/sources/health.ts";
import { EMPTY_SAMPLE, type Learnt } from "../model/sources/learned.ts";
import type { SourceRecord } from "../model/sources/source.ts";
import type { Producer } from "../queues/producer.ts";
import { rereadQueue } from "../queues/queues.ts";
import { getArticles } from "../store/articles/articles.ts";
import { runAudited } from "../store/operations/audit.ts";
import {
  findBoilerplateToFinish,
  readBaseline,
  saveBaseline,
  saveFinishedBoilerplate,
  sourcesToReread,
} from "../store/sources/learned.ts";
import { getSource, setSource } from "../store/sources/sources.ts";
import type { Store } from "../store/store.ts";
import { acceptDrift, afterRun, learnRhythm, silentAfter, spikeIn } from "./health/drift.ts";

const MAX_SOURCES_PER_CALL = 50;

interface BoilerplateDeps {
  store: Store;
  producer: Producer;
  log: Logger;
  now(): Date;
}

/**
 * Decides finally which paragraphs are boilerplate, for sources whose `finishAt` has passed. Queues
 * the sources with articles that must be extracted again.
 */
export async function finishDueBoilerplate({
  store,
  producer,
  now,
  log,
}: BoilerplateDeps): Promise<void> {
  const at = now();
  for (const one of await findBoilerplateToFinish(store, at, MAX_SOURCES_PER_CALL)) {
    const learnt = finishBoilerplate(one, at);
    const known = await withTexts(store, learnt.known);
    const isSaved = await saveFinishedBoilerplate(store, one, { ...learnt, known }, at);
    const articles = learnt.reread.length;
    if (isSaved && articles > 0) {
      log.info({ source: one._id, articles }, "reading articles again without boilerplate");
    }
  }
  const due = await sourcesToReread(store, at, MAX_SOURCES_PER_CALL);
  await producer.add(
    rereadQueue,
    due.map((sourceId) => ({ sourceId })),
  );
}

async function withTexts(store: Store, known: readonly Learnt[]): Promise<Learnt[]> {
  const silent = known.filter(({ text }) => text === "");
  const articles = await getArticles(
    store,
    silent.flatMap(({ articles: [first] }) => first ?? []),
  );
  return known.map((one) => {
    const { text = "", teaser = "" } = articles.get(one.articles[0] ?? "") ?? {};
    if (one.text !== "") return one;
    const parts = [...partsOf(text), ...partsOf(teaser)];
    const part = parts.find((each) => keyParagraph(each, true)?.key === one.key);
    return { ...one, text: part?.slice(0, 120) ?? "" };
  });
}

/** The findings of a successful run. */
export interface RunNews {
  at: Date;
  /** When each new article was published, or, if that is unknown, when it was found. */
  items: Date[];
  /** Number of pages that were fetched as articles but contained none. */
  empty: number;
}

/** Returns how many of the latest `count` articles share a title; with few titles, an estimate. */
export function repeatedTitles(titles: readonly string[], count: number): number {
  const latest = titles.slice(-count);
  if (latest.length === 0) return 0;
  const isKnown = (title: string) => titles.indexOf(title) !== titles.lastIndexOf(title);
  // If there are fewer titles than `count`, they represent the rest.
  return Math.round((latest.filter(isKnown).length / latest.length) * count);
}

type LearntFields = Pick<SourceRecord, "silentAt" | "spike" | "drift">;

/** Returns the fields to set in the source after a run, and `keep`, which updates the baseline. */
export async function learnRun(
  store: Store,
  source: SourceRecord,
  { at, items, empty }: RunNews,
): Promise<{ learnt: LearntFields; keep: () => Promise<void> }> {
  if (items.length + empty === 0) return { learnt: { spike: null }, keep: () => Promise.resolve() };
  const baseline = await readBaseline(store, source._id);
  const run = { ...EMPTY_SAMPLE, ...baseline.run, empty };
  const repeated = repeatedTitles(baseline.titles ?? [], run.articles);
  const { recent, usual, drift } = afterRun(baseline, { ...run, repeated });
  const arrival = {
    at,
    lastNewAt: source.lastNewArticleAt,
    lastFetchAt: source.lastSuccessAt,
    items,
  };
  const rhythm = items.length > 0 ? learnRhythm(baseline.rhythm, arrival) : baseline.rhythm;
  return {
    learnt: {
      spike: spikeIn(baseline.rhythm, arrival),
      drift,
      ...(rhythm && items.length > 0 && { silentAt: silentAfter(rhythm, at) }),
    },
    keep: () => saveBaseline(store, baseline, { recent, usual, ...(rhythm && { rhythm }) }),
  };
}

/** Makes the latest runs the new baseline. Without drift, returns false and changes nothing. */
export async function acceptBaseline(
  store: Store,
  id: string,
  author: Author,
  now: Date,
): Promise<boolean> {
  const source = await getSource(store, id);
  if (!source?.drift?.length) return false;
  const detail = source.drift.map(driftWords).join("; ");
  const what = { action: "source.accept", subject: id, detail };
  await runAudited(store, { ...author, now }, what, async () => {
    const baseline = await readBaseline(store, id);
    await saveBaseline(store, { _id: id }, acceptDrift(baseline));
    await setSource(store, id, { drift: [] });
  });
  return true;
}
