import { Html, html, httpUrl, type Part } from "../../lib/html.ts";
import { toVisible } from "../../model/item.ts";
import type { ListedArticle } from "../../store/listing.ts";
import type { PortalConfig } from "../config.ts";
import { toEntry } from "../feeds/feed.ts";
import { asScript, newsArticle } from "../feeds/schema-org.ts";
import { apiItem } from "../item.ts";
import { type Category, nameOf } from "../names.ts";
import type { Snapshot } from "../snapshot.ts";
import { side } from "./side.ts";
import { dirOf, heading, isPrecise, langOf, lead, metaLine, readMore, titleOf } from "./teaser.ts";
import { timeElement } from "./time.ts";

/** The page of one article: teaser, what is known of it, who else has the story, the way out. */
export function articlePage(
  article: ListedArticle,
  others: ListedArticle[],
  config: PortalConfig,
  snapshot: Snapshot,
): Html {
  const first = others.find((other) => other._id === article.duplicateOf);
  return html`<div class="wrap columns">
<main id="main">
<article class="full"${langOf(article)}>
${first && html`<p class="notice" lang="en">Same text as <bdi>${heading(first)}</bdi>, which stands for this story in the lists.</p>`}
<h1${dirOf(article)}>${titleOf(article)}</h1>
${metaLine(article, config, snapshot)}
${lead(article, snapshot)}
${readMore(article, "onward")}
<dl class="facts" lang="en" dir="ltr">${facts(article, config, snapshot)}</dl>
</article>
${others.length > 0 && alsoReported(article.storyId, others, { config, snapshot })}
</main>
${side(config, snapshot)}
</div>
${describe(article, config, snapshot)}`;
}

/** The article for search engines; a block of data, not a script that runs. */
function describe(
  article: ListedArticle,
  config: PortalConfig,
  { sources }: Snapshot,
): Html | null {
  const source = sources.get(article.sourceId);
  const entry = toEntry(apiItem(article, source), source, config);
  if (!entry) return null;
  return html`<script type="application/ld+json">${new Html(asScript(newsArticle(entry)))}</script>`;
}

function namesIn(names: string[] | null | undefined): Part {
  return names?.length ? html`<bdi>${names.join(", ")}</bdi>` : null;
}

function facts(article: ListedArticle, config: PortalConfig, snapshot: Snapshot): Part {
  const { timezone } = config;
  const link = (category: Category, id: string) =>
    html`<a href="/${category}/${encodeURIComponent(id)}"><bdi>${nameOf(category, id, config, snapshot)}</bdi></a>`;
  const credit = snapshot.sources.get(article.sourceId)?.rights.credit;
  const url = httpUrl(article.url);
  const rows: [string, Part][] = [
    ["Source", link("source", article.sourceId)],
    ["Original", url && new URL(url).host],
    ["Authors", namesIn(article.authors)],
    ["Signed by", namesIn(article.organisations)],
    [
      "Published",
      article.publishedAt && timeElement(timezone, article.publishedAt, isPrecise(article)),
    ],
    ["Updated", article.modifiedAt && timeElement(timezone, article.modifiedAt, true)],
    ["First seen", timeElement(timezone, article.firstSeenAt, true)],
    ["Country", article.country && link("country", article.country)],
    ["Region", article.region],
    ["City", article.city],
    ["Language", article.language && link("language", article.language)],
    ["Topics", separated(article.topics.map((id) => link("topic", id)))],
    ["Section", article.section && html`<bdi>${article.section}</bdi>`],
    ["Length", article.wordCount && `${article.wordCount.toLocaleString("en")} words`],
    ["Credit", credit],
  ];
  return rows
    .filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== 0)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`);
}

function separated(parts: Html[]): Part[] {
  return parts.map((part, index) => (index === 0 ? part : html`, ${part}`));
}

function alsoReported(
  storyId: string,
  others: ListedArticle[],
  { config, snapshot }: { config: PortalConfig; snapshot: Snapshot },
): Html {
  return html`<section class="block full" aria-labelledby="also">
<h2 id="also"><a href="/story/${encodeURIComponent(storyId)}">Also reported by</a></h2>
<ul class="index">
${others.map(
  (other) => html`<li${langOf(other)}><div${dirOf(other)}>${heading(other)}</div>
${metaLine({ ...other, topics: [] }, config, snapshot)}
${!toVisible(other).listed && html`<p class="meta" lang="en">same text, published elsewhere</p>`}</li>\n`,
)}</ul>
</section>`;
}
