import type { Article } from "../../model/article.ts";
import type { Progress, Slice } from "../../model/reprocessing.ts";
import { readSlice, sliceStart } from "../../store/slice.ts";
import type { Store } from "../../store/store.ts";

/** Articles that follow each other in a slice, up to where they go, and which share of it that is. */
export interface Piece {
  articles: Article[];
  after: NonNullable<Progress["after"]>;
  /** By dates, 0 to 1. */
  share: number;
}

/** The articles of a slice that follow a place in it, by source and date, `size` at a time. */
export async function* pieces(
  store: Store,
  slice: Slice,
  from: Progress["after"],
  size: number,
): AsyncGenerator<Piece> {
  const sources = slice.sources ?? [null];
  let place = from;
  for (let at = from?.source ?? 0; at < sources.length; at++) {
    const stretch = { ...slice, sourceId: sources[at] ?? null };
    const since = (await sliceStart(store, stretch)) ?? slice.until;
    for (;;) {
      const after = place?.source === at ? place : null;
      const articles = await readSlice(store, { ...stretch, since }, after, size);
      const last = articles.at(-1);
      if (!last) break;
      place = { source: at, sortAt: last.sortAt, id: last._id };
      const within =
        (last.sortAt.getTime() - since.getTime()) / (slice.until.getTime() - since.getTime());
      yield { articles, after: place, share: (at + within) / sources.length };
    }
  }
}
