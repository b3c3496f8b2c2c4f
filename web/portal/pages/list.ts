import { listingCursor } from "../../../articles/stream/cursor.ts";
import { type Html, html, type Part } from "../../../lib/html.ts";
import type { ListedArticle, ListingPage } from "../../../store/articles/listing.ts";
import { type Stories } from "../../../store/articles/stories.ts";
import { type Around, pathIn } from "../../server/edition.ts";
import { dayTitle } from "../../server/time.ts";
import { numbers, side } from "./side.ts";
import { teaser } from "./teaser.ts";

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
export function listPage(list: List, around: Around): Html {
  const home = list.path === "/";
  return html`<div class="wrap columns">
${numbers(around)}
<main id="main">
${
  home
    ? html`<h1 class="skip">${list.title}</h1>`
    : html`<div class="heading"><h1 dir="auto">${list.title}</h1><p>${list.note}</p></div>`
}
${content(list, around)}
${pager(list, around)}
${list.around}
</main>
${side(around)}
</div>`;
}

function content(list: List, around: Around): Part {
  const first = new Set(list.pinned.map(({ _id }) => _id));
  const articles = list.page.articles.filter(({ _id }) => !first.has(_id));
  if (articles.length + first.size === 0) return list.empty;
  const { stories } = list;
  if (list.oneDay) return articles.map((one) => teaser(one, stories, around));
  return [
    pinnedBlock(list, around),
    ...byDay(articles).map((group) => dayBlock(group, list, around)),
  ];
}

function pinnedBlock({ pinned, stories }: List, around: Around): Html | null {
  if (pinned.length === 0) return null;
  return html`<section class="day" aria-labelledby="pinned"><h2 id="pinned">${around.edition.words.picked}</h2>
${pinned.map((one) => teaser(one, stories, around))}
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

function dayBlock(group: ListedArticle[], list: List, around: Around): Html {
  const { edition, snapshot } = around;
  const day = group[0]?.day ?? "";
  const count = list.dayCount(day);
  return html`<section class="day" aria-labelledby="d${day}">
<h2 id="d${day}"><a href="${pathIn(edition, `/day/${day}`)}">${dayTitle(edition, day, snapshot.today)}</a>
${count !== null && html`<span class="n">${edition.words.articles(count)}</span>`}</h2>
${group.map((one) => teaser(one, list.stories, around))}
</section>
`;
}

function pager({ page, from, path }: List, { edition }: Around): Html | null {
  const [first, last] = [page.articles[0], page.articles.at(-1)];
  if (!first || !last) return null;
  const newer = from !== "start" && { sortAt: first.sortAt, id: first._id };
  const older = from === "after" ? { sortAt: last.sortAt, id: last._id } : page.next;
  if (!newer && !older) return null;
  const { words } = edition;
  const at = pathIn(edition, path);
  return html`<nav class="pager" aria-label="${words.pages}">
${newer ? html`<a rel="prev" href="${at}?after=${listingCursor(newer)}">${words.newer}</a>` : html`<span></span>`}
${older && html`<a rel="next" href="${at}?before=${listingCursor(older)}">${words.older}</a>`}
</nav>`;
}
