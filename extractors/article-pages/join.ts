import { EXTRACT_BOUNDS } from "../../config/limits.ts";
import type { ArticlePage, ArticlePageRead, Extraction } from "../../model/articles/extraction.ts";
import { partsOf, withoutLines } from "../boilerplate.ts";
import { countWords, keyOf } from "../words.ts";
import { articlePageUrls, bareUrl, withoutPage } from "./find.ts";

/** A page that might belong to an article, with the page's own extraction. */
export interface ArticlePageInput extends ArticlePage {
  captureId: string;
  extraction: Extraction;
}

/** Joins the pages in `read` to `first`. `evidence.text` says what happened to each page. */
export function joinArticlePages(first: Extraction, read: readonly ArticlePageInput[]): Extraction {
  const { articlePages } = first.page;
  if (articlePages?.number !== 1 || !first.fields.text || !first.evidence.text) return first;
  const here = read.toSorted((a, b) => a.number - b.number);
  const seen = new Set(partsOf(first.fields.text).flatMap(keysIn));
  const isThere = (text: string) => keysIn(text).some((key) => seen.has(key));
  const texts = [first.fields.text];
  const htmls = [first.fields.html];
  const byNumber = new Map(
    articlePages.others.map((articlePage) => [articlePage.number, articlePage]),
  );
  const states = new Map<number, ArticlePageRead>();
  let left = EXTRACT_BOUNDS.text - first.fields.text.length;
  for (const { number, url, captureId, extraction } of here) {
    const facts = { number, url, captureId };
    if (!isOfSame(first, extraction, url)) {
      states.set(number, { ...facts, state: "other article" });
      continue;
    }
    for (const other of extraction.page.articlePages?.others ?? []) {
      if (other.number > 1 && !byNumber.has(other.number)) byNumber.set(other.number, other);
    }
    const fresh = partsOf(extraction.fields.text).filter((text) => !isThere(text));
    const size = fresh.reduce((sum, text) => sum + text.length + 2, 0);
    if (size > left) {
      states.set(number, { ...facts, state: "too long" });
      continue;
    }
    states.set(number, { ...facts, state: fresh.length > 0 ? "joined" : "repeats" });
    if (fresh.length === 0) continue;
    left -= size;
    texts.push(...fresh);
    htmls.push(withoutLines(extraction.fields.html, isThere));
    for (const text of fresh) for (const key of keysIn(text)) seen.add(key);
  }
  const others = [...byNumber.values()].toSorted((a, b) => a.number - b.number);
  const pagesRead = others.map((articlePage): ArticlePageRead => {
    return states.get(articlePage.number) ?? { ...articlePage, state: "not read", captureId: null };
  });
  const text = texts.join("\n\n");
  const html = htmls.some(Boolean) ? htmls.filter(Boolean).join("\n") : null;
  return {
    fields: { ...first.fields, text, html, wordCount: countWords(text) },
    evidence: { ...first.evidence, text: { ...first.evidence.text, articlePages: pagesRead } },
    page: { ...first.page, articlePages: { ...articlePages, others } },
  };
}

/**
 * Whether a page continues `first`: it has the same headline, or it links to page 1 and its URL is
 * that of page 1 with a named page number, such as `page=2`.
 */
function isOfSame(first: Extraction, { fields, page }: Extraction, url: string): boolean {
  if (page.kind !== "article" || !fields.text) return false;
  const [one, two] = [first.fields.title, fields.title].map((it) => keyOf(withoutPage(it ?? "")));
  if (one && two && (one === two || (one.length >= MIN_DISTINCTIVE_LETTERS && two.includes(one))))
    return true;
  const back = page.articlePages?.others.find(({ number }) => number === 1)?.url;
  if (!back || !URL.canParse(back) || !URL.canParse(url)) return false;
  const base = bareUrl(new URL(back));
  return articlePageUrls(new URL(url)).some((it) => it.isNamed && it.base === base);
}

/** A shorter headline or paragraph can be repeated by chance. */
const MIN_DISTINCTIVE_LETTERS = 12;

function keysIn(text: string): string[] {
  const key = keyOf(text);
  return key.length < MIN_DISTINCTIVE_LETTERS ? [] : [key];
}
