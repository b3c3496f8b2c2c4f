import { type Html, html, httpUrl } from "../../lib/html.ts";
import type { ListedArticle } from "../../store/listing.ts";
import type { StoryCount } from "../../store/story-facts.ts";
import type { PortalConfig } from "../config.ts";
import { nameOf } from "../names.ts";
import { leadOf } from "../present.ts";
import type { Snapshot } from "../snapshot.ts";
import { timeElement } from "./time.ts";

/** The title as a link to the portal's own page, with its place before it. */
export function heading(article: ListedArticle): Html {
  return html`<a href="/article/${encodeURIComponent(article._id)}">${titleOf(article)}</a>`;
}

/** The title with its place before it, each keeping its own direction. */
export function titleOf({ prefix, title }: ListedArticle): Html {
  const place = prefix.trim();
  return html`${place && html`<bdi class="place" lang="en">${place}</bdi> `}<bdi>${title}</bdi>`;
}

/** `Read more: TITLE`, to the original; plain text where its address is not an http(s) one. */
export function readMore(article: ListedArticle, className = "more"): Html {
  const label = html`<bdi lang="en">Read more:</bdi> <bdi>${article.title}</bdi>`;
  const url = httpUrl(article.url);
  const link = url && html`<a href="${url}" rel="external noopener">${label}</a>`;
  return html`<p class="${className}"${dirOf(article)}>${link ?? article.title}</p>`;
}

/** Lead paragraphs of an article. */
export function lead(article: ListedArticle, snapshot: Snapshot): Html {
  const paragraphs = leadOf(article, snapshot.sources.get(article.sourceId));
  return html`<div class="lead">${paragraphs.map((text) => html`<p dir="auto">${text}</p>`)}</div>`;
}

/** Whether the hour of `sortAt` means something to a reader. */
export function isPrecise(article: ListedArticle): boolean {
  return article.publishedAt !== null && article.publishedPrecision !== "day";
}

/** An element's `lang`, where the language is known. */
export function langOf(article: ListedArticle): Html | "" {
  return article.language ? html` lang="${article.language}"` : "";
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/** An element's `dir`: by the article's language, since its place may come before in Latin letters. */
export function dirOf({ language }: ListedArticle): Html {
  if (!language) return html` dir="auto"`;
  return RIGHT_TO_LEFT.has(language) ? html` dir="rtl"` : html` dir="ltr"`;
}

/** Source, date and time, topics of an article. */
export function metaLine(article: ListedArticle, config: PortalConfig, snapshot: Snapshot): Html {
  const { timezone } = config;
  const when = timeElement(timezone, article.sortAt, isPrecise(article));
  return html`<p class="meta" lang="en" dir="ltr">
<a class="source" href="/source/${encodeURIComponent(article.sourceId)}"><bdi>${nameOf("source", article.sourceId, config, snapshot)}</bdi></a>
<span>${article.publishedAt === null && "first seen "}${when}</span>
${article.topics.map(
  (id) =>
    html`<a class="tag" href="/topic/${encodeURIComponent(id)}">${nameOf("topic", id, config, snapshot)}</a>\n`,
)}</p>`;
}

/** `Also at 3 sources`, to the page of the article's story; nothing where no other source tells it. */
export function alsoAt({ storyId, sourceId }: ListedArticle, stories: Stories): Html | null {
  const others = [...(stories.get(storyId)?.sources ?? [])].filter((id) => id !== sourceId).length;
  if (others === 0) return null;
  const sources = others === 1 ? "1 other source" : `${others} other sources`;
  return html`<p class="meta" lang="en" dir="ltr"><a class="also" href="/story/${encodeURIComponent(storyId)}">Also at ${sources}</a></p>`;
}

/** Who tells the stories of the articles of a list. */
export type Stories = ReadonlyMap<string, StoryCount>;

/** One article in a list. */
export function teaser(
  article: ListedArticle,
  { stories, config, snapshot }: { stories: Stories; config: PortalConfig; snapshot: Snapshot },
): Html {
  return html`<article class="item"${langOf(article)}>
<h3${dirOf(article)}>${heading(article)}</h3>
${lead(article, snapshot)}
${readMore(article)}
${metaLine(article, config, snapshot)}
${alsoAt(article, stories)}
</article>
`;
}
