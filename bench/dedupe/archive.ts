import { encodeFingerprint } from "../../store/articles/fingerprints.ts";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle } from "../../test/helpers/articles.ts";
import { printOf } from "./texts.ts";

/**
 * The embedded database writes a batch in one transaction, with each key on a separate page. It
 * stalls once a transaction's pages take a fifth of its cache.
 */
const BATCH_SIZE = 50;
/**
 * One in this many stored articles is copied later. Such an article is stored completely, not only
 * its fingerprint.
 */
export const ARTICLES_PER_COPIED_ARTICLE = 20;

export interface Archive {
  store: Store;
  size: number;
  perDay: number;
  signed: boolean;
}

/** Opens an archive of a given size, and fills it first if necessary. */
export async function openArchive(
  url: string,
  { size, perDay, signed }: Omit<Archive, "store">,
): Promise<Archive> {
  const database = `dedupe-${size}-${perDay}${signed ? "-signed" : ""}`;
  const store = await openStore(url, { database });
  const { fingerprints, articles } = store.collections;
  const since = Date.now();
  const there = await fingerprints.countDocuments();
  const begin = there - (there % BATCH_SIZE);
  for (let next = begin; next < size; next += BATCH_SIZE) {
    const numbers = Array.from(
      { length: Math.min(BATCH_SIZE, size - next) },
      (_, index) => next + index,
    );
    if (next === begin) {
      // Left over from an interrupted run.
      await fingerprints.deleteMany({ _id: { $in: numbers.map(idOf) } });
      await articles.deleteMany({ _id: { $in: numbers.map(idOf) } });
    }
    const prints = numbers.map((number) => {
      const text = { number, daysAgo: Math.floor(number / perDay), perDay, signed };
      const print = printOf(text, idOf(number));
      return encodeFingerprint({
        ...print,
        cluster: { match: null, origin: print._id, story: print._id },
      });
    });
    const copied = numbers.filter((number) => number % ARTICLES_PER_COPIED_ARTICLE === 0);
    if (copied.length > 0)
      await articles.insertMany(copied.map((number) => makeArticle(idOf(number))));
    await fingerprints.insertMany(prints, { ordered: false });
    if ((next + BATCH_SIZE) % 10_000 === 0) {
      const seconds = Math.round((Date.now() - since) / 1000);
      console.error(`${database}: ${next + BATCH_SIZE} fingerprints, ${seconds} s`);
    }
  }
  return { store, size, perDay, signed };
}

function idOf(number: number): string {
  return `article-${number}`;
}
