import { type Html, html } from "../../lib/html.ts";
import { toVisible } from "../../model/item.ts";
import type { Because } from "../../model/story.ts";
import type { ListedArticle } from "../../store/listing.ts";
import type { PortalConfig } from "../config.ts";
import type { Snapshot } from "../snapshot.ts";
import { articlesText } from "./list.ts";
import { side } from "./side.ts";
import { dirOf, heading, langOf, lead, metaLine, readMore, titleOf } from "./teaser.ts";

/** The page of a story: the article that stands for it, and all that tell it, each with why it is there. */
export function storyPage(
  articles: readonly ListedArticle[],
  reasons: ReadonlyMap<string, Because>,
  { config, snapshot }: { config: PortalConfig; snapshot: Snapshot },
): Html {
  const [first, ...others] = articles;
  const sources = new Set(articles.map(({ sourceId }) => sourceId)).size;
  const note = `${articlesText(articles.length)} from ${sources === 1 ? "1 source" : `${sources} sources`}`;
  return html`<div class="wrap columns">
<main id="main">
<div class="heading"><p>Story: ${note}</p></div>
${
  first &&
  html`<article class="full"${langOf(first)}>
<h1${dirOf(first)}>${titleOf(first)}</h1>
${metaLine(first, config, snapshot)}
${lead(first, snapshot)}
${readMore(first, "onward")}
</article>`
}
${
  others.length > 0 &&
  html`<section class="block full" aria-labelledby="also">
<h2 id="also">Also told by</h2>
<ul class="index">
${others.map((other) => member(other, { articles, because: reasons.get(other._id), config, snapshot }))}</ul>
</section>`
}
</main>
${side(config, snapshot)}
</div>`;
}

function member(
  article: ListedArticle,
  {
    articles,
    because,
    config,
    snapshot,
  }: {
    articles: readonly ListedArticle[];
    because: Because | undefined;
    config: PortalConfig;
    snapshot: Snapshot;
  },
): Html {
  const other = because && articles.find(({ _id }) => _id === because.with);
  const why =
    because &&
    other &&
    html`<p class="meta" lang="en"><span>${WORDS[because.kind]} <bdi>${heading(other)}</bdi></span></p>`;
  return html`<li${langOf(article)}><div${dirOf(article)}>${heading(article)}</div>
${metaLine({ ...article, topics: [] }, config, snapshot)}
${why ?? (!toVisible(article).listed && html`<p class="meta" lang="en">same text, published elsewhere</p>`)}
${readMore(article)}</li>\n`;
}

const WORDS: Record<Because["kind"], string> = {
  "same text": "Same text as",
  similar: "Nearly the same text as",
  excerpt: "Excerpt of, or longer than,",
  "same event": "Same event as",
  "joined by an editor": "Put together by an editor with",
};
