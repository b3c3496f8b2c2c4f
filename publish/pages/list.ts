import { type Html, html, type Part } from "../../lib/html.ts";
import type { ListedArticle, ListingPage } from "../../store/listing.ts";
import type { PortalConfig } from "../config.ts";
import { listingCursor } from "../cursor.ts";
import type { Snapshot } from "../snapshot.ts";
import { number, side } from "./side.ts";
import { type Stories, teaser } from "./teaser.ts";
import { dayTitle } from "./time.ts";

/** A list before it becomes a page. */
export interface List {
  path: string;
  title: string;
  /** One line under the title. */
  note: string;
  page: ListingPage;
  /** What editors want first. */
  pinned: readonly ListedArticle[];
  stories: Stories;
  /** Where the reader is: on the newest page, or came from one side. */
  from: "start" | "before" | "after";
  /** All articles are of one day, which the title names. */
  oneDay: boolean;
  /** How many articles of this list a day has; null where nobody counts them. */
  dayCount: (day: string) => number | null;
  empty: Html;
  /** Further links at the end. */
  around?: Html;
}

/** The page of a list: articles under the headings of their days, counters, older and newer. */
export function listPage(list: List, config: PortalConfig, snapshot: Snapshot): Html {
  const home = list.path === "/";
  return html`<div class="wrap columns">
<main id="main">
${
  home
    ? html`<h1 class="skip">${list.title}</h1>`
    : html`<div class="heading"><h1 dir="auto">${list.title}</h1><p>${list.note}</p></div>`
}
${content(list, config, snapshot)}
${pager(list)}
${list.around}
</main>
${side(config, snapshot)}
</div>`;
}

function content(list: List, config: PortalConfig, snapshot: Snapshot): Part {
  const first = new Set(list.pinned.map(({ _id }) => _id));
  const articles = list.page.articles.filter(({ _id }) => !first.has(_id));
  if (articles.length + first.size === 0) return list.empty;
  const { stories } = list;
  if (list.oneDay) return articles.map((one) => teaser(one, { stories, config, snapshot }));
  return [
    pinnedBlock(list, config, snapshot),
    ...byDay(articles).map((group) => dayBlock(group, list, config, snapshot)),
  ];
}

function pinnedBlock(
  { pinned, stories }: List,
  config: PortalConfig,
  snapshot: Snapshot,
): Html | null {
  if (pinned.length === 0) return null;
  return html`<section class="day" aria-labelledby="pinned"><h2 id="pinned">Picked by the editors</h2>
${pinned.map((one) => teaser(one, { stories, config, snapshot }))}
</section>`;
}

function byDay(articles: ListedArticle[]): ListedArticle[][] {
  const groups: ListedArticle[][] = [];
  for (const article of articles) {
    const group = groups.at(-1);
    if (group?.[0]?.day === article.day) group.push(article);
    else groups.push([article]);
  }
  return groups;
}

function dayBlock(
  group: ListedArticle[],
  list: List,
  config: PortalConfig,
  snapshot: Snapshot,
): Html {
  const day = group[0]?.day ?? "";
  const count = list.dayCount(day);
  return html`<section class="day" aria-labelledby="d${day}">
<h2 id="d${day}"><a href="/day/${day}">${dayTitle(day, snapshot.today)}</a>
${count !== null && html`<span class="n">${articlesText(count)}</span>`}</h2>
${group.map((one) => teaser(one, { stories: list.stories, config, snapshot }))}
</section>
`;
}

/** `1 article`, `1,234 articles`. */
export function articlesText(count: number): string {
  return count === 1 ? "1 article" : `${number(count)} articles`;
}

function pager({ page, from, path }: List): Html | null {
  const [first, last] = [page.articles[0], page.articles.at(-1)];
  if (!first || !last) return null;
  const newer = from !== "start" && { sortAt: first.sortAt, id: first._id };
  const older = from === "after" ? { sortAt: last.sortAt, id: last._id } : page.next;
  if (!newer && !older) return null;
  return html`<nav class="pager" aria-label="Pages">
${newer ? html`<a rel="prev" href="${path}?after=${listingCursor(newer)}">Newer</a>` : html`<span></span>`}
${older && html`<a rel="next" href="${path}?before=${listingCursor(older)}">Older</a>`}
</nav>`;
}
