import { leadOf } from "../../articles/stream/lead.ts";
import { type Html, html, httpUrl } from "../../lib/html.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { Stories } from "../../store/articles/stories.ts";
import {
  type Around,
  type Edition,
  pathIn,
  timeElement,
  translateInto,
} from "../server/edition.ts";
import { nameOf } from "../server/names.ts";

export function heading(article: ListedArticle, edition: Edition): Html {
  const path = pathIn(edition, `/article/${encodeURIComponent(article._id)}`);
  return html`<a href="${path}">${titleOf(article, edition)}</a>`;
}

/** Returns the prefix (a place, if any) and the title, each with its own text direction. */
export function titleOf(article: ListedArticle, edition: Edition): Html {
  const { prefix, title, titleLanguage } = translateInto(edition, article);
  const place = prefix.trim();
  const foreign = titleLanguage !== article.language && langOf(titleLanguage);
  return html`${place && html`<bdi class="place" lang="en">${place}</bdi> `}<bdi${foreign}>${title}</bdi>`;
}

/** Returns a link to the original article through `/read/ID`, which counts the click. */
export function readMore(article: ListedArticle, edition: Edition, className = "more"): Html {
  const { title, titleLanguage } = translateInto(edition, article);
  const { language, messages } = edition;
  const label = html`<bdi lang="${language}">${messages.readMore}</bdi> <bdi${langOf(titleLanguage)}>${title}</bdi>`;
  const url = httpUrl(article.url);
  // A printed page shows this URL.
  const link =
    url &&
    html`<a href="/read/${encodeURIComponent(article._id)}" data-original="${url}" rel="external noopener nofollow">${label}</a>`;
  return html`<p class="${className}"${dirOf(titleLanguage)}>${link ?? title}</p>`;
}

export function lead(article: ListedArticle, { edition, snapshot }: Around): Html {
  const translated = translateInto(edition, article);
  const paragraphs = leadOf(translated, snapshot.sources.get(article.sourceId));
  const foreign = translated.leadLanguage !== article.language && langOf(translated.leadLanguage);
  return html`<div class="lead"${foreign}>${paragraphs.map((text) => html`<p dir="auto">${text}</p>`)}</div>`;
}

/** Returns whether the publisher stated the article's time of day. */
export function isPrecise(article: ListedArticle): boolean {
  return article.publishedAt !== null && article.publishedPrecision !== "day";
}

export function langOf(language: string | null): Html | "" {
  return language ? html` lang="${language}"` : "";
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/**
 * Returns a `dir` attribute. For a known language it isn't `auto`, because a place name in Latin
 * letters at the start would then decide the direction.
 */
export function dirOf(language: string | null): Html {
  if (!language) return html` dir="auto"`;
  return RIGHT_TO_LEFT.has(language) ? html` dir="rtl"` : html` dir="ltr"`;
}

export function titleDir(article: ListedArticle, edition: Edition): Html {
  return dirOf(translateInto(edition, article).titleLanguage);
}

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

/** Returns how much of an article is available and, if known, why not all; null if complete. */
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
