import type { Logger } from "../config/logger.ts";
import { finishBoilerplate, keyParagraph, partsOf } from "../extractors/boilerplate.ts";
import type { Learnt } from "../model/sources/learned.ts";
import type { Producer } from "../queues/producer.ts";
import { rereadQueue } from "../queues/queues.ts";
import { getArticles } from "../store/articles/articles.ts";
import {
  findBoilerplateToFinish,
  saveFinishedBoilerplate,
  sourcesToReread,
} from "../store/sources/learned.ts";
import type { Store } from "../store/store.ts";

const MAX_SOURCES_PER_CALL = 50;

/**
 * Decides finally which paragraphs are boilerplate, for sources whose `finishAt` has passed. Queues
 * the sources with articles that must be extracted again.
 */
export async function finishDueBoilerplate({
  store,
  producer,
  now,
  log,
}: {
  store: Store;
  producer: Producer;
  log: Logger;
  now(): Date;
}): Promise<void> {
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
  const payloads = due.map((sourceId) => ({ sourceId }));
  await producer.add(rereadQueue, payloads);
}

async function withTexts(store: Store, known: readonly Learnt[]): Promise<Learnt[]> {
  const silent = known.filter(({ text }) => text === "");
  const ids = silent.flatMap(({ articles: [first] }) => first ?? []);
  const articles = await getArticles(store, ids);
  return known.map((one) => {
    const { text = "", teaser = "" } = articles.get(one.articles[0] ?? "") ?? {};
    if (one.text !== "") return one;
    const parts = [...partsOf(text), ...partsOf(teaser)];
    const part = parts.find((each) => keyParagraph(each, true)?.key === one.key);
    return { ...one, text: part?.slice(0, 120) ?? "" };
  });
}
