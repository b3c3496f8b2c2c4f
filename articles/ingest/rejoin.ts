import { isDeepStrictEqual } from "node:util";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Evidence } from "../../model/articles/extraction.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { getArticles, refreshArticles } from "../../store/articles/articles.ts";
import { belongTo } from "../../store/crawl/links.ts";
import { contentHash } from "../publication/article.ts";
import type { Commit } from "./commit.ts";
import { type ReadAgainDeps, readAgain } from "./read-again.ts";

/** What reading an article anew needs. */
export type RejoinDeps = ReadAgainDeps & {
  commit: Pick<Commit, "readAgain">;
};

/** Tries when another page of the same article comes at the same moment. */
const TRIES = 5;

/**
 * Reads an article anew from its stored responses, so that a page that was stored just now is part of it;
 * answers the article as it is then, null where it can't be read. Of two processes that store two pages of
 * one article, the later one reads both.
 */
export async function rejoin(
  deps: RejoinDeps,
  articleId: string,
  source: SourceRecord,
): Promise<Article | null> {
  const { store } = deps;
  const current = async () => (await getArticles(store, [articleId])).get(articleId) ?? null;
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await current();
    const page = before && (await readAgain(deps, before, source));
    if (!page || "left" in page) return null;
    await deps.commit.readAgain(page);
    const after = await current();
    const { article: told, extraction } = page.reading.extracted;
    const hash = contentHash(told.classified.title, extraction.fields.text ?? "");
    if (!after || after.captureId !== page.capture._id || after.contentHash !== hash) continue;
    const text = extraction.evidence.text;
    await belongTo(store, joinedIn(text), articleId);
    if (!text || isDeepStrictEqual(after.evidence.text?.sheets, text.sheets)) return after;
    // Readers see no difference: only what is known of its pages is another.
    const { pending: _, pendingAt: __, ...rest } = after;
    const refreshed = { ...rest, evidence: { ...after.evidence, text } };
    await refreshArticles(store, [refreshed]);
    return { ...after, ...refreshed };
  }
  return null;
}

/** Keys of the further pages that are part of a text. */
function joinedIn(text: Evidence | undefined): string[] {
  const joined = (text?.sheets ?? []).filter(
    ({ state }) => state === "joined" || state === "repeats",
  );
  return joined.map(({ url }) => urlKey(url));
}
