import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { Article } from "../../model/articles/article.ts";
import { SHEET_STATES } from "../../model/articles/extraction.ts";
import type { Why } from "../../model/operations/why.ts";
import { knownLinkStates } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";

/** What became of an article's further pages, each in words an operator reads. */
export async function toldOfSheets(
  store: Store,
  { evidence }: Pick<Article, "evidence">,
): Promise<Why["facts"]> {
  const sheets = evidence.text?.sheets ?? [];
  const links = await knownLinkStates(
    store,
    sheets.map(({ url }) => urlKey(url)),
  );
  return sheets.map(({ number, url, state }) => {
    const link = state === "not read" ? links.get(urlKey(url)) : undefined;
    const why = [link?.state, link?.reason, link?.detail].filter(Boolean).join(", ");
    return { name: `page ${number}`, value: `${url}: ${SHEET_STATES[state]}${why && ` (${why})`}` };
  });
}
