import type { PickerField } from "../../model/sources/selector-picker.ts";
import { type Half, halfOf } from "./labelled.ts";
import { textOf } from "./site.ts";

/** An article in a layout; the date also as it is written on the page. */
export interface PointedArticle {
  n: number;
  title: string;
  author: string;
  date: Date;
  written: string;
  paragraphs: string[];
}

/** A layout of article pages: several pages, and where an operator would click for each field. */
export interface PointedLayout {
  name: string;
  half: Half;
  pages: { html: string; url: string; article: PointedArticle }[];
  /** The text that is clicked on a page; missing if the layout has no such field. */
  clicked: (article: PointedArticle) => Partial<Record<PickerField, string>>;
}

const TITLES = [
  "Council opens the digital permit office",
  "Night buses report their place every ten seconds",
  "Harbour sensors find the leak",
  "Schools get a common timetable service",
  "Open budget shows every tender",
];
const AUTHORS = ["Anna Berger", "Piotr Nowak", "Lucía Ramos", "Jonas Lind", "Mette Holm"];

function articleOf(layout: string, n: number): PointedArticle {
  const date = new Date(Date.UTC(2026, 9, 3 + n * 3, 9, 30));
  const paragraphs = [1, 2, 3].map((part) => textOf(`${layout} ${n} ${part}`, 45 + n * 5));
  const [day, month] = [date.getUTCDate(), date.getUTCMonth() + 1];
  const written = `${day}. ${month === 10 ? "Oktober" : "November"} 2026`;
  return { n, title: TITLES[n] ?? "", author: AUTHORS[n] ?? "", date, written, paragraphs };
}

type Draw = (article: PointedArticle) => string;
const text = ({ paragraphs }: PointedArticle) =>
  paragraphs.map((one) => `<p>${one}</p>`).join("\n");
const iso = ({ date }: PointedArticle) => date.toISOString();
/** What pages have beside the article: other titles and dates, as many as given. */
const others = (tag: string, n: number) =>
  TITLES.filter((_, at) => at !== n)
    .slice(0, 2 + (n % 3))
    .map(
      (title) => `<div class="teaser"><${tag}>${title}</${tag}><span>1. August 2026</span></div>`,
    )
    .join("");

/**
 * Written for this project from the habits, not the markup, of content management systems and build tools: each has
 * other headings, dates and paragraphs around the article, and differs from page to page as real ones do.
 */
const LAYOUTS: Record<string, Draw> = {
  "plain-blog": (a) =>
    `<div id="page"><div class="entry"><h2 class="entry-title">${a.title}</h2><div class="meta">Posted on <span class="entry-date">${a.written}</span> by <span class="author-name">${a.author}</span></div><div class="entry-content">${text(a)}</div></div><div class="sidebar">${others("h2", a.n)}</div></div>`,
  "css-modules": (a) =>
    `<main class="Layout_main__x9Kf2"><div class="Article_head__aB3x9"><h1 class="Article_title__Qz81k">${a.title}</h1><p class="Article_byline__7fKx2"><span>${a.author}</span></p><time class="Article_date__k2L9s" datetime="${iso(a)}">vor kurzem</time></div><div class="Article_body__p0Zx1">${text(a)}</div></main><aside class="Rail_x__9dKs1">${others("h3", a.n)}</aside>`,
  "styled-components": (a) =>
    `<main><section><h1 class="sc-bdVaJa kYpQwZ">${a.title}</h1><div class="sc-htpNat dkWzQp"><a rel="author" href="/a/${a.n}">${a.author}</a> <time datetime="${iso(a)}">${a.written}</time></div><div class="sc-ifAKCX hVdYqT">${text(a)}</div></section></main><footer>${others("h4", a.n)}</footer>`,
  "public-body": (a) =>
    `<div id="content"><div class="col"><span class="date">${a.written}</span><h1>${a.title}</h1><div class="text">${text(a)}</div><p class="source">Redaktion: ${a.author}</p></div><div class="col">${others("h3", a.n)}</div></div>`,
  microdata: (a) =>
    `<article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">${a.title}</h1><span itemprop="author">${a.author}</span><meta itemprop="datePublished" content="${iso(a)}"><span>${a.written}</span><div itemprop="articleBody">${text(a)}</div></article>${others("h1", a.n)}`,
  utility: (a) =>
    `<div class="mx-auto px-4"><div class="mt-8"><h1 class="text-3xl font-bold"><span>${a.title}</span></h1><p class="text-sm text-gray-500"><span>${a.author}</span> · <time datetime="${iso(a)}">${a.written}</time></p><div class="prose mt-4">${text(a)}</div></div></div><div class="grid">${others("h2", a.n)}</div>`,
  table: (a) =>
    `<table><tr><td class="menu">${others("b", a.n)}</td><td class="main"><font size="5"><b>${a.title}</b></font><br><i>${a.written}</i><br><em>${a.author}</em><div>${text(a)}</div></td></tr></table>`,
  "node-ids": (a) =>
    `<div id="node-${4711 + a.n}" class="node node-article"><h2>${a.title}</h2><div class="submitted"><span class="username">${a.author}</span>, <span class="created">${a.written}</span></div><div class="field-body">${text(a)}</div></div><div id="block-news">${others("h2", a.n)}</div>`,
  banner: (a) =>
    `${a.n % 2 ? '<div class="notice"><p>We renew the site tonight.</p></div>' : ""}<header class="top"><h1>City of Example</h1></header><main><div class="wrap"><div class="kicker">News</div><div class="headline">${a.title}</div><div class="stamp">${a.written}</div><div class="credit">${a.author}</div><div class="copy">${text(a)}</div></div></main>${others("h3", a.n)}`,
  comments: (a) =>
    `<article class="post"><h1 class="post-title">${a.title}</h1><time datetime="${iso(a)}">${a.written}</time><span class="byline">${a.author}</span><div class="post-body">${text(a)}</div></article><section class="comments">${Array.from({ length: a.n }, (_, n) => `<div class="comment"><time datetime="2026-11-0${n + 1}T10:00Z">1. November 2026</time><p>Thank you for this.</p></div>`).join("")}</section>`,
  "data-attributes": (a) =>
    `<div data-component="story"><div data-testid="story-title" class="x1 y2">${a.title}</div><div data-testid="story-date">${a.written}</div><div data-testid="story-author">${a.author}</div><div data-testid="story-body">${text(a)}</div></div><div data-component="more">${others("div", a.n)}</div>`,
  "deep-divs": (a) =>
    `<div><div><div><div class="a-first"><div>${a.written}</div><div><div>${a.title}</div></div></div><div><div>${text(a)}</div></div><div><div>${a.author}</div></div></div></div></div>`,
};

/** Returns every layout with its pages, each permanently in its half. */
export function pointedLayouts(): PointedLayout[] {
  return Object.entries(LAYOUTS).map(([name, draw]) => ({
    name,
    half: halfOf(name),
    pages: TITLES.map((_, n) => {
      const article = articleOf(name, n);
      const url = `https://${name}.example/news/${n}`;
      const html = `<!doctype html><html lang="de"><head><title>${name}</title></head><body>${draw(article)}</body></html>`;
      return { html, url, article };
    }),
    clicked: ({ title, author, written, paragraphs }) => ({
      title,
      authors: author,
      publishedAt: name === "css-modules" ? "vor kurzem" : written,
      text: paragraphs[1] ?? "",
    }),
  }));
}
