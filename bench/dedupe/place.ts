import { placeArticles } from "../../articles/ingest/commit.ts";
import type { Decision } from "../../articles/ingest/decide.ts";
import { saveReclustering } from "../../articles/stories/repair.ts";
import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import { writeArticles } from "../../store/articles/articles.ts";
import { dropFingerprints } from "../../store/articles/fingerprints.ts";
import { makeArticle } from "../../test/helpers/articles.ts";
import { makeLink } from "../../test/helpers/links.ts";
import { ARTICLES_PER_COPIED_ARTICLE, type Archive } from "./archive.ts";
import { printOf } from "./texts.ts";

const ARTICLES_PER_COPY = 10;

/** CPU time of this process, and elapsed time, ms per article. */
export interface Cost {
  cpu: number;
  ms: number;
}

/**
 * Places `count` new articles in one batch, spread over the days of an archive, and removes them
 * again. The cost of writing the articles doesn't count.
 */
export async function place(archive: Archive, round: number, count: number): Promise<Cost> {
  const { store } = archive;
  const prints = Array.from({ length: count }, (_, index) => newPrint(archive, round, index));
  const decisions = prints.map(decisionOf);
  const now = new Date();
  const meter = startMeter();
  const placement = await placeArticles(store, decisions, now);
  const placing = meter();
  await writeArticles(store, [...placement.own.values(), ...placement.moved]);
  const rest = startMeter();
  await saveReclustering(store, placement.reclustering, { open: new Set(), now });
  const settling = rest();
  const ids = prints.map(({ _id }) => _id);
  await dropFingerprints(store, ids, now);
  await store.collections.articles.deleteMany({ _id: { $in: ids } });
  return {
    cpu: (placing.cpu + settling.cpu) / count,
    ms: (placing.ms + settling.ms) / count,
  };
}

function newPrint({ size, perDay, signed }: Archive, round: number, index: number): Fingerprint {
  const days = Math.floor(size / perDay);
  // Uses only days whose neighbouring days are full.
  const daysAgo = 1 + ((round * 31 + index) % Math.max(1, days - 2));
  const copied =
    daysAgo * perDay +
    ARTICLES_PER_COPIED_ARTICLE * (round % Math.floor(perDay / ARTICLES_PER_COPIED_ARTICLE));
  const number = index % ARTICLES_PER_COPY === 0 ? copied : 10_000_000 + round * 1000 + index;
  return printOf({ number, daysAgo, perDay, signed }, `new-${round}-${index}`);
}

function decisionOf(print: Fingerprint): Decision {
  const { _id: articleId, version: _, ...features } = print;
  const { pending: __, ...draft } = makeArticle(articleId);
  return {
    link: makeLink(articleId),
    articleId,
    seenAt: print.at,
    outcome: "new",
    before: null,
    draft,
    revised: null,
    features,
  };
}

function startMeter(): () => Cost {
  const [before, since] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { cpu: (user + system) / 1000, ms: performance.now() - since };
  };
}
