import { type Html, html } from "../../lib/html.ts";
import { toVisible } from "../../model/articles/item.ts";
import type { Because } from "../../model/articles/story.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { Around } from "../server/edition.ts";
import { numbers, sidebar } from "./sidebar.ts";
import { heading, langOf, lead, metaLine, readMore, titleDir, titleOf } from "./teaser.ts";

/** The page of a story: the article that stands for it, and all that tell it, each with why it is there. */
export function storyPage(
  articles: readonly ListedArticle[],
  reasons: ReadonlyMap<string, Because>,
  around: Around,
): Html {
  const { edition } = around;
  const { messages } = edition;
  const [first, ...others] = articles;
  const sources = new Set(articles.map(({ sourceId }) => sourceId)).size;
  return html`<div class="wrap columns">
${numbers(around)}
<main id="main">
<div class="heading"><p>${messages.story(articles.length, sources)}</p></div>
${
  first &&
  html`<article class="full"${langOf(first.language)}>
<h1${titleDir(first, edition)}>${titleOf(first, edition)}</h1>
${metaLine(first, around)}
${lead(first, around)}
${readMore(first, edition, "onward")}
</article>`
}
${
  others.length > 0 &&
  html`<section class="block full" aria-labelledby="also">
<h2 id="also">${messages.otherReports}</h2>
<ul class="index">
${others.map((other) => member(other, { articles, because: reasons.get(other._id) }, around))}</ul>
</section>`
}
</main>
${sidebar(around)}
</div>`;
}

function member(
  article: ListedArticle,
  { articles, because }: { articles: readonly ListedArticle[]; because: Because | undefined },
  around: Around,
): Html {
  const { edition } = around;
  const { language, messages } = edition;
  const other = because && articles.find(({ _id }) => _id === because.with);
  const why =
    because &&
    other &&
    html`<p class="meta" lang="${language}"><span>${messages.because[because.kind]} <bdi>${heading(other, edition)}</bdi></span></p>`;
  const elsewhere = !toVisible(article).listed && messages.elsewhere;
  return html`<li${langOf(article.language)}><div${titleDir(article, edition)}>${heading(article, edition)}</div>
${metaLine({ ...article, topics: [] }, around)}
${why ?? (elsewhere && html`<p class="meta" lang="${language}">${elsewhere}</p>`)}
${readMore(article, edition)}</li>\n`;
}
