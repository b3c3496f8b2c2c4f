import { apiItem } from "../../articles/stream/item.ts";
import { Html, html, httpUrl, type Part } from "../../lib/text.ts";
import { toVisible } from "../../model/articles/article.ts";
import type { Because } from "../../model/articles/story.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import { toEntry } from "../feeds/feed.ts";
import { asScript, newsArticle } from "../feeds/formats.ts";
import {
  type Around,
  type Category,
  nameOf,
  numberIn,
  pathIn,
  timeElement,
} from "../server/edition.ts";
import { columns, rich } from "./layout.ts";
import {
  heading,
  isPrecise,
  langOf,
  lead,
  metaLine,
  pathOf,
  readMore,
  titleDir,
  titleOf,
} from "./list.ts";

/** Returns the page of an article. If `isForEditors`, the page also links to the admin. */
export function articlePage(
  article: ListedArticle,
  others: ListedArticle[],
  around: Around,
  isForEditors = false,
): Html {
  const { edition } = around;
  const { language, messages } = edition;
  const first = others.find((other) => other._id === article.duplicateOf);
  const notice =
    first &&
    html`<p class="notice" lang="${language}">${rich(messages.sameTextAs, html`<bdi>${heading(first, edition)}</bdi>`)}</p>`;
  const below = html`<dl class="facts" lang="${language}" dir="ltr">${facts(article, around)}</dl>`;
  const story = pathIn(edition, `/story/${encodeURIComponent(article.storyId)}`);
  const items = others.map((other) => listItem(other, around, elsewhere(other, around)));
  const main = html`${isForEditors && editorLinks(article._id, edition)}
${wholeArticle(article, around, { notice, below })}
${listOf(html`<a href="${story}">${messages.alsoReported}</a>`, items)}`;
  return html`${columns(main, around)}
${describe(article, around)}`;
}

/** Returns the page of a story; `reasons` has why each article belongs to it, by article id. */
export function storyPage(
  articles: readonly ListedArticle[],
  reasons: ReadonlyMap<string, Because>,
  around: Around,
): Html {
  const { edition } = around;
  const { messages } = edition;
  const [first, ...others] = articles;
  const sources = new Set(articles.map(({ sourceId }) => sourceId)).size;
  const items = others.map((article) => {
    const because = reasons.get(article._id);
    const other = because && articles.find(({ _id }) => _id === because.with);
    const why =
      other &&
      html`<span>${messages.because[because.kind]} <bdi>${heading(other, edition)}</bdi></span>`;
    return listItem(article, around, why ?? elsewhere(article, around), readMore(article, edition));
  });
  const main = html`<div class="heading"><p>${messages.story(articles.length, sources)}</p></div>
${first && wholeArticle(first, around)}
${listOf(messages.otherReports, items)}`;
  return columns(main, around);
}

function wholeArticle(
  article: ListedArticle,
  around: Around,
  { notice, below }: { notice?: Part; below?: Part } = {},
): Html {
  const { edition } = around;
  return html`<article class="full"${langOf(article.language)}>
${notice}
<h1${titleDir(article, edition)}>${titleOf(article, edition)}</h1>
${metaLine(article, around)}
${lead(article, around)}
${readMore(article, edition, "onward")}
${below}
</article>`;
}

function listOf(title: Part, items: Html[]): Part {
  if (items.length === 0) return null;
  return html`<section class="block full" aria-labelledby="also">
<h2 id="also">${title}</h2>
<ul class="index">
${items}</ul>
</section>`;
}

function listItem(article: ListedArticle, around: Around, note: Part, link: Part = null): Html {
  const { edition } = around;
  return html`<li${langOf(article.language)}><div${titleDir(article, edition)}>${heading(article, edition)}</div>
${metaLine({ ...article, topics: [] }, around)}
${note && html`<p class="meta" lang="${edition.language}">${note}</p>`}
${link}</li>\n`;
}

function elsewhere(article: ListedArticle, { edition }: Around): Part {
  return !toVisible(article).listed && edition.messages.elsewhere;
}

function editorLinks(id: string, { language, messages }: Around["edition"]): Html {
  const article = encodeURIComponent(id);
  const { inAdmin, edit, retract } = messages.editors;
  return html`<p class="notice" lang="${language}"><a href="/admin/article?article=${article}">${inAdmin}</a> · <a href="/admin/edit?article=${article}">${edit}</a> · <a href="/admin/article?article=${article}#retract">${retract}</a></p>`;
}

function describe(article: ListedArticle, { config, snapshot }: Around): Html | null {
  const source = snapshot.sources.get(article.sourceId);
  const entry = toEntry(apiItem(article, source), source, config);
  if (!entry) return null;
  return html`<script type="application/ld+json">${new Html(asScript(newsArticle(entry)))}</script>`;
}

function namesIn(names: string[] | null | undefined): Part {
  return names?.length ? html`<bdi>${names.join(", ")}</bdi>` : null;
}

function facts(article: ListedArticle, around: Around): Part {
  const { edition, config, snapshot } = around;
  const { messages } = edition;
  const { facts: names } = messages;
  const at = (time: Date, precise: boolean) => timeElement(edition, config.timezone, time, precise);
  const link = (category: Category, id: string) =>
    html`<a href="${pathIn(edition, `/${category}/${encodeURIComponent(id)}`)}"><bdi>${nameOf(category, id, around)}</bdi></a>`;
  const place = (name: string | null | undefined, city?: string | null) =>
    name && article.regionCode
      ? html`<a href="${pathIn(edition, pathOf(article.regionCode, city))}"><bdi>${name}</bdi></a>`
      : name;
  const credit = snapshot.sources.get(article.sourceId)?.rights.credit;
  const url = httpUrl(article.url);
  const rows: [string, Part][] = [
    [names.source, link("source", article.sourceId)],
    [names.original, url && new URL(url).host],
    [names.authors, namesIn(article.authors)],
    [names.signedBy, namesIn(article.organisations)],
    [names.published, article.publishedAt && at(article.sortAt, isPrecise(article))],
    [names.updated, article.modifiedAt && at(article.modifiedAt, true)],
    [names.firstSeen, at(article.firstSeenAt, true)],
    [names.country, article.country && link("country", article.country)],
    [names.region, place(article.region)],
    [names.city, place(article.city, article.city)],
    [names.language, article.language && link("language", article.language)],
    [names.topics, article.topics.map((id, n) => html`${n > 0 && ", "}${link("topic", id)}`)],
    [names.section, article.section && html`<bdi>${article.section}</bdi>`],
    [names.length, article.wordCount && messages.wordCount(numberIn(edition, article.wordCount))],
    [names.translated, article.edited?.translations?.[edition.language] && messages.translated],
    [names.credit, credit],
    [
      names.provenance,
      html`<a href="/admin/provenance?article=${encodeURIComponent(article._id)}" rel="nofollow">${messages.eachField}</a>`,
    ],
  ];
  return rows
    .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value))
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`);
}
