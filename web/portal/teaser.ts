import { leadOf } from "../../articles/stream/lead.ts";
import { type Html, html, httpUrl } from "../../lib/html.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { Stories } from "../../store/articles/stories.ts";
import { type Around, type Edition, pathIn } from "../server/edition.ts";
import { nameOf } from "../server/names.ts";
import { timeElement } from "../server/time.ts";
import { translateInto } from "../server/translated.ts";

/** The title as a link to the portal's own page, with its place before it. */
export function heading(article: ListedArticle, edition: Edition): Html {
  const path = pathIn(edition, `/article/${encodeURIComponent(article._id)}`);
  return html`<a href="${path}">${titleOf(article, edition)}</a>`;
}

/** The title with its place before it, each keeping its own direction. */
export function titleOf(article: ListedArticle, edition: Edition): Html {
  const { prefix, title, titleLanguage } = translateInto(edition, article);
  const place = prefix.trim();
  const foreign = titleLanguage !== article.language && langOf(titleLanguage);
  return html`${place && html`<bdi class="place" lang="en">${place}</bdi> `}<bdi${foreign}>${title}</bdi>`;
}

/** `Read more: TITLE`, to the original by way of `/read/ID`, which counts; plain text where its address is not an http(s) one. */
export function readMore(article: ListedArticle, edition: Edition, className = "more"): Html {
  const { title, titleLanguage } = translateInto(edition, article);
  const { language, messages } = edition;
  const label = html`<bdi lang="${language}">${messages.readMore}</bdi> <bdi${langOf(titleLanguage)}>${title}</bdi>`;
  const url = httpUrl(article.url);
  // What a printed page names.
  const link =
    url &&
    html`<a href="/read/${encodeURIComponent(article._id)}" data-original="${url}" rel="external noopener nofollow">${label}</a>`;
  return html`<p class="${className}"${dirOf(titleLanguage)}>${link ?? title}</p>`;
}

/** Lead paragraphs of an article. */
export function lead(article: ListedArticle, { edition, snapshot }: Around): Html {
  const translated = translateInto(edition, article);
  const paragraphs = leadOf(translated, snapshot.sources.get(article.sourceId));
  const foreign = translated.leadLanguage !== article.language && langOf(translated.leadLanguage);
  return html`<div class="lead"${foreign}>${paragraphs.map((text) => html`<p dir="auto">${text}</p>`)}</div>`;
}

/** Whether the hour of `sortAt` means something to a reader. */
export function isPrecise(article: ListedArticle): boolean {
  return article.publishedAt !== null && article.publishedPrecision !== "day";
}

/** An element's `lang`, where the language is known. */
export function langOf(language: string | null): Html | "" {
  return language ? html` lang="${language}"` : "";
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/** An element's `dir`: by its language, since a place may come before in Latin letters. */
export function dirOf(language: string | null): Html {
  if (!language) return html` dir="auto"`;
  return RIGHT_TO_LEFT.has(language) ? html` dir="rtl"` : html` dir="ltr"`;
}

/** The `dir` of an article's title. */
export function titleDir(article: ListedArticle, edition: Edition): Html {
  return dirOf(translateInto(edition, article).titleLanguage);
}

/** Source, date and time, topics of an article. */
export function metaLine(article: ListedArticle, around: Around): Html {
  const { edition, config } = around;
  const { language, messages } = edition;
  const when = timeElement(edition, config.timezone, article.sortAt, isPrecise(article));
  const extent = extentOf(article, edition);
  const link = (category: "source" | "topic", id: string) =>
    pathIn(edition, `/${category}/${encodeURIComponent(id)}`);
  return html`<p class="meta" lang="${language}" dir="ltr">
<a class="source" href="${link("source", article.sourceId)}"><bdi>${nameOf("source", article.sourceId, around)}</bdi></a>
${
  extent &&
  html`<span class="extent">${extent}</span>
`
}<span>${article.publishedAt === null && `${messages.firstSeen} `}${when}</span>
${article.topics.map(
  (id) => html`<a class="tag" href="${link("topic", id)}">${nameOf("topic", id, around)}</a>\n`,
)}</p>`;
}

/** How much of an article there is, and why not more; nothing when all of it is. */
export function extentOf(
  { completeness, incompleteReason }: Pick<ListedArticle, "completeness" | "incompleteReason">,
  { messages }: Edition,
): string | null {
  if (completeness === "full") return null;
  const { incomplete } = messages;
  const isNamed = (reason: string): reason is keyof typeof incomplete =>
    Object.hasOwn(incomplete, reason);
  const why =
    incompleteReason &&
    (isNamed(incompleteReason) ? incomplete[incompleteReason] : incomplete.other);
  return [messages.completeness[completeness], why].filter(Boolean).join(": ");
}

/** `Also at 3 sources`, to the page of the article's story; nothing when no other source tells it. */
function alsoAt(
  { storyId, sourceId }: ListedArticle,
  stories: Stories,
  edition: Edition,
): Html | null {
  const others = [...(stories.get(storyId)?.sources ?? [])].filter((id) => id !== sourceId).length;
  if (others === 0) return null;
  const path = pathIn(edition, `/story/${encodeURIComponent(storyId)}`);
  return html`<p class="meta" lang="${edition.language}" dir="ltr"><a class="also" href="${path}">${edition.messages.alsoAt(others)}</a></p>`;
}

/** One article in a list. */
export function teaser(article: ListedArticle, stories: Stories, around: Around): Html {
  const { edition } = around;
  return html`<article class="item"${langOf(article.language)}>
<h3${titleDir(article, edition)}>${heading(article, edition)}</h3>
${lead(article, around)}
${readMore(article, edition)}
${metaLine(article, around)}
${alsoAt(article, stories, edition)}
</article>
`;
}
