import type { Placed, Quirk } from "./site.ts";

/** Pages that an article over several pages has. */
const SHEETS = 3;

type Form = Extract<Quirk, { kind: "sheets" }>["form"];

/** Addresses of an article's further pages. */
export function sheetUrls(url: string, form: Form): string[] {
  return Array.from({ length: SHEETS - 1 }, (_, index) => `${url}${form}${index + 2}`);
}

/** An article page by page: its paragraphs in turn, and links to the other pages. */
export function sheetsOf(article: Placed): { url: string; article: Placed; pager: string }[] {
  const urls = [article.url, ...article.variants];
  const { paragraphs } = article;
  const share = Math.ceil(paragraphs.length / urls.length);
  return urls.map((url, index) => {
    const own = paragraphs.slice(index * share, (index + 1) * share);
    const links = urls.map((to, at) =>
      at === index ? `<b>${at + 1}</b>` : `<a href="${to}">${at + 1}</a>`,
    );
    const pager = `<p class="page-links">${links.join(" ")}</p>`;
    return { url, article: { ...article, paragraphs: own }, pager };
  });
}
