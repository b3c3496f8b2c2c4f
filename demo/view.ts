import { dayIn } from "../lib/time.ts";
import type { Labels, SiteSpec } from "./data.ts";
import { humanDate, isoIn } from "./dates.ts";
import type { Placed } from "./place.ts";
import type { Random } from "./random.ts";
import { escape } from "./text.ts";

export interface View {
  spec: SiteSpec;
  article: Placed;
  labels: Labels;
  related: Placed[];
  now: Date;
  chance: Random;
  /** Markup of the links to the article's other pages; missing if it has only one page. */
  pager?: string;
}

export function dateMarks(view: View): { head: string; visible: string } {
  const { spec, article } = view;
  const seen = escape(humanDate(article.publishedAt, spec.language, spec.zone));
  const iso = isoIn(article.publishedAt, spec.zone);
  const changed = article.modifiedAt && isoIn(article.modifiedAt, spec.zone);
  const visible = (markup: string) => ({ head: "", visible: markup });
  switch (spec.dateIn) {
    case "jsonld":
      return { head: jsonLd(view, iso, changed), visible: `<span class="pub">${seen}</span>` };
    case "meta":
      return {
        head:
          `<meta property="article:published_time" content="${iso}">` +
          (changed ? `<meta property="article:modified_time" content="${changed}">` : ""),
        visible: `<span class="date">${seen}</span>`,
      };
    case "time":
      return visible(
        `<time datetime="${iso}" itemprop="datePublished">${seen}</time>` +
          (changed
            ? ` (${escape(view.labels.updated)} <time datetime="${changed}" itemprop="dateModified">${escape(humanDate(article.modifiedAt ?? view.now, spec.language, spec.zone))}</time>)`
            : ""),
      );
    case "time-day":
      return visible(`<time datetime="${dayIn(spec.zone, article.publishedAt)}">${seen}</time>`);
    case "text":
    default:
      return visible(`<span class="info">${seen}</span>`);
  }
}

function jsonLd(view: View, published: string, modified: string | null): string {
  const { article, spec } = view;
  const data = {
    "@context": "https://schema.org",
    "@graph": [
      { "@type": "WebSite", name: spec.name, url: new URL("/", article.url).href },
      {
        "@type": "NewsArticle",
        headline: article.title,
        datePublished: published,
        dateModified: modified ?? published,
        inLanguage: spec.language,
        author: [{ "@type": "Person", name: article.author }],
        publisher: { "@type": "Organization", name: spec.name },
        mainEntityOfPage: article.url,
      },
    ],
  };
  return `<script type="application/ld+json">${JSON.stringify(data).replace(/</g, "\\u003c")}</script>`;
}

/** Returns a paragraph's text as markup, in which some words can be inside an inline element. */
export function inline(text: string, view: View): string {
  const words = text.split(" ");
  if (words.length < 16) return escape(text);
  const from = view.chance.int(3, words.length - 8);
  const to = from + view.chance.int(1, 3);
  const [open, close] = view.chance.pick([
    ["<strong>", "</strong>"],
    ['<a href="/topics/digital">', "</a>"],
    ["<em>", "</em>"],
    ["", ""],
    ['<span class="hl">', "</span>"],
  ]);
  const part = (start: number, end?: number) => escape(words.slice(start, end).join(" "));
  return `${part(0, from)} ${open}${part(from, to)}${close} ${part(to)}`;
}

export function blocks(view: View, tag = "p"): string[] {
  const own = view.article.paragraphs.map(({ kind, text }) => {
    if (kind === "h2") return `<h2>${escape(text)}</h2>`;
    if (kind === "quote") return `<blockquote><p>${escape(text)}</p></blockquote>`;
    return `<${tag}>${inline(text, view)}</${tag}>`;
  });
  return view.pager ? [...own, view.pager] : own;
}

export function head(view: View, extra = ""): string {
  const { spec, article } = view;
  const charset = spec.charset ?? "utf-8";
  const declared =
    spec.charsetIn === "header"
      ? ""
      : charset === "gb18030"
        ? `<meta http-equiv="Content-Type" content="text/html; charset=gb18030">`
        : `<meta charset="${charset}">`;
  return `${declared}<title>${escape(article.title)} | ${escape(spec.name)}</title>
<link rel="canonical" href="${escape(article.url)}">
<meta name="viewport" content="width=device-width">
<meta property="og:site_name" content="${escape(spec.name)}">
${article.ampUrl ? `<link rel="amphtml" href="${article.ampUrl}">` : ""}${extra}${dateMarks(view).head}`;
}

export function relatedLinks(view: View): string {
  return view.related
    .map((other) => `<li><a href="${escape(other.path)}">${escape(other.title)}</a></li>`)
    .join("\n");
}
