import { Html, html } from "../lib/text.ts";
import { dayIn } from "../lib/time.ts";
import type { Labels, SiteSpec } from "./data.ts";
import { humanDate, isoIn } from "./dates.ts";
import type { Placed } from "./place.ts";
import type { Random } from "./random.ts";

export interface View {
  spec: SiteSpec;
  article: Placed;
  labels: Labels;
  related: Placed[];
  now: Date;
  chance: Random;
  /** Markup of the links to the article's other pages; missing if it has only one page. */
  pager?: Html;
}

export function dateMarks(view: View): { head: Html | null; visible: Html } {
  const { spec, article } = view;
  const seen = humanDate(article.publishedAt, spec.language, spec.zone);
  const iso = isoIn(article.publishedAt, spec.zone);
  const changed = article.modifiedAt && isoIn(article.modifiedAt, spec.zone);
  const visible = (markup: Html) => ({ head: null, visible: markup });
  switch (spec.dateIn) {
    case "jsonld":
      return { head: jsonLd(view, iso, changed), visible: html`<span class="pub">${seen}</span>` };
    case "meta":
      return {
        head: html`<meta property="article:published_time" content="${iso}">${
          changed && html`<meta property="article:modified_time" content="${changed}">`
        }`,
        visible: html`<span class="date">${seen}</span>`,
      };
    case "time":
      return visible(
        html`<time datetime="${iso}" itemprop="datePublished">${seen}</time>${
          article.modifiedAt &&
          html` (${view.labels.updated} <time datetime="${changed}" itemprop="dateModified">${humanDate(article.modifiedAt, spec.language, spec.zone)}</time>)`
        }`,
      );
    case "time-day":
      return visible(
        html`<time datetime="${dayIn(spec.zone, article.publishedAt)}">${seen}</time>`,
      );
    case "text":
    default:
      return visible(html`<span class="info">${seen}</span>`);
  }
}

function jsonLd(view: View, published: string, modified: string | null): Html {
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
  const json = new Html(JSON.stringify(data).replace(/</g, "\\u003c"));
  return html`<script type="application/ld+json">${json}</script>`;
}

/** Returns a paragraph's text as markup, in which some words can be inside an inline element. */
export function inline(text: string, view: View): Html {
  const words = text.split(" ");
  if (words.length < 16) return html`${text}`;
  const from = view.chance.int(3, words.length - 8);
  const to = from + view.chance.int(1, 3);
  const [open, close] = view.chance.pick([
    ["<strong>", "</strong>"],
    ['<a href="/topics/digital">', "</a>"],
    ["<em>", "</em>"],
    ["", ""],
    ['<span class="hl">', "</span>"],
  ]);
  const part = (start: number, end?: number) => words.slice(start, end).join(" ");
  const marked = html`${new Html(open)}${part(from, to)}${new Html(close)}`;
  return html`${part(0, from)} ${marked} ${part(to)}`;
}

export function blocks(view: View, tag = "p"): Html[] {
  const own = view.article.paragraphs.map(({ kind, text }) => {
    if (kind === "h2") return html`<h2>${text}</h2>\n`;
    if (kind === "quote") return html`<blockquote><p>${text}</p></blockquote>\n`;
    return html`<${tag}>${inline(text, view)}</${tag}>\n`;
  });
  return view.pager ? [...own, view.pager] : own;
}

export function head(view: View, extra?: Html): Html {
  const { spec, article } = view;
  const charset = spec.charset ?? "utf-8";
  const declared =
    charset === "gb18030"
      ? html`<meta http-equiv="Content-Type" content="text/html; charset=gb18030">`
      : html`<meta charset="${charset}">`;
  return html`${spec.charsetIn !== "header" && declared}<title>${article.title} | ${spec.name}</title>
<link rel="canonical" href="${article.url}">
<meta name="viewport" content="width=device-width">
<meta property="og:site_name" content="${spec.name}">
${article.ampUrl && html`<link rel="amphtml" href="${article.ampUrl}">`}${extra}${dateMarks(view).head}`;
}

export function relatedLinks(view: View): Html[] {
  return view.related.map(({ path, title }) => html`<li><a href="${path}">${title}</a></li>\n`);
}
