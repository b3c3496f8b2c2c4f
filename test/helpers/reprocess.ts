import type { MatchKeysAndValues } from "mongodb";
import type { ReprocessDeps } from "../../archive/reprocess/plan.ts";
import { type Request, reprocess } from "../../archive/reprocess/reprocess.ts";
import { topicMatcher } from "../../articles/classify/topics/matcher.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import type { Report, Stage } from "../../model/archive/reprocessing.ts";
import type { Article } from "../../model/articles/article.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { EPOCH, type Store } from "../../store/store.ts";
import { shippedPlaces } from "./places.ts";
import { articlePage } from "./site.ts";
import { keepAsItIs } from "./snapshot.ts";
import { startServices, type WatchedSite } from "./watched-site.ts";
import { takeTurns } from "./worker.ts";

/** Returns a request for stages over the whole archive. */
export function requestFor(stages: Stage[], options: Partial<Request> = {}): Request {
  const slice = { since: EPOCH, until: new Date("2100-01-01"), sources: null };
  const begunAt = new Date();
  return { _id: stages.join(), stages, slice, begunAt, owner: "test", keep: true, ...options };
}

/** Reprocesses the whole archive and returns the report. */
export async function deriveAgain(
  deps: Omit<ReprocessDeps, "tables" | "timezone"> & Partial<ReprocessDeps>,
  stages: Stage[] = ["extract"],
): Promise<Report> {
  const tables = { topics: topicMatcher([]), places: shippedPlaces() };
  let report: Report | undefined;
  const all = reprocess({ timezone: "UTC", tables, ...deps }, requestFor(stages));
  for await (const progress of all) report = progress.report;
  if (!report) throw new Error("it told nothing");
  return report;
}

/** Stored articles as an earlier version of the rules left them. */
export interface OldArchive {
  watched: WatchedSite;
  /** Restores the initial state. */
  reset: () => Promise<void>;
  close: () => Promise<void>;
}

/** Fetches five articles, then changes them as if earlier rules had read them. */
export async function openOldArchive(
  file: string,
  options: {
    source?: Partial<SourceRecord>;
    page: (path: string) => { title: string; text: string; head?: string };
    asRead: (article: Article) => MatchKeysAndValues<Article>;
  },
): Promise<OldArchive> {
  const services = await startServices(file);
  const paths = ["/a", "/b", "/c", "/d", "/e"];
  const watched = await services.watchSite("archive", paths, {
    ...(options.source && { source: options.source }),
  });
  const { site, worker, store } = watched;
  for (const path of paths) {
    const { title, text, head } = options.page(path);
    site.pages[path] = articlePage(title, text, head);
  }
  await takeTurns(worker, site.host);
  for (const article of await articlesOf(store)) {
    const derived = { language: "0", places: "0", topics: "0", relevance: "0" };
    const $set = { ...options.asRead(article), derived };
    await store.collections.articles.updateOne({ _id: article._id }, { $set });
  }
  await sequence(store, new Date());
  const close = async () => {
    await services.closeSites();
    await services.close();
  };
  return { watched, reset: await keepAsItIs(store), close };
}

/** Returns all articles by id. */
export const articlesOf = (store: Store) =>
  store.collections.articles.find().sort({ _id: 1 }).toArray();

/** Returns articles with their pending changes and revisions, except for the times of writing. */
export async function contentOf(store: Store) {
  const timeless = (value: object) => ({ ...value, at: null });
  const articles = await articlesOf(store);
  const revisions = await store.collections.revisions.find().sort({ _id: 1 }).toArray();
  return {
    articles: articles.map(({ pending, ...rest }) => {
      return { ...rest, pendingAt: null, pending: pending.map(timeless) };
    }),
    revisions: revisions.map(timeless),
  };
}
