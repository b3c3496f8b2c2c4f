import { type Html, html, type Part } from "../../lib/html.ts";
import { shiftDay } from "../../lib/time.ts";
import { isForReaders } from "../../model/publish/filter.ts";
import { type Around, type Edition, numberIn, pathIn } from "../server/edition.ts";
import { type Category, entriesOf, nameOf } from "../server/names.ts";
import { nothingYet, type Page } from "./layout.ts";

const MAX_ENTRIES = 8;

export const INDEX_PAGES = {
  topic: "topics",
  country: "countries",
  source: "sources",
  language: "languages",
} as const satisfies Record<Category, string>;

export function columns(main: Part, around: Around): Html {
  return html`<div class="wrap columns">
${numbers(around)}
<main id="main">
${main}
</main>
${sidebar(around)}
</div>`;
}

/**
 * Returns the article counters. They precede the main content in the HTML, so that visible text
 * doesn't move while the page loads.
 */
function numbers({ edition, config, snapshot }: Around): Html {
  const { counters, today, followed } = snapshot;
  const { messages } = edition;
  const counted = (label: string, number: Html | string) =>
    html`<div><dt>${label}</dt><dd>${number}</dd></div>`;
  const counter = (label: string, path: string, count: number) =>
    counted(label, html`<a href="${pathIn(edition, path)}">${numberIn(edition, count)}</a>`);
  return html`<section class="numbers" aria-label="${messages.articlesTitle}"><dl class="counters">
${counter(messages.today, `/day/${today}`, counters.today.articles)}
${counter(messages.yesterday, `/day/${shiftDay(today, -1)}`, counters.yesterday.articles)}
${counter(messages.all, "/", counters.all.articles + (config.countedBefore ?? 0))}
${followed !== undefined && counted(messages.followed, numberIn(edition, followed))}
</dl></section>`;
}

function sidebar(around: Around): Html {
  const categories: Category[] = ["topic", "country", "source", "language"];
  return html`<aside class="side" aria-label="${around.edition.messages.overview}">
${categories.map((category) => box(category, around))}
${views(around)}
</aside>`;
}

function box(category: Category, around: Around): Html | null {
  const { edition, config, snapshot } = around;
  const entries = entriesOf(category, config, snapshot);
  if (entries.length === 0) return null;
  const index = INDEX_PAGES[category];
  const all = edition.messages.allOf(numberIn(edition, entries.length));
  return html`<section><h2>${edition.messages[index]}</h2>
${categoryList(category, entries.slice(0, MAX_ENTRIES), around, "")}
${entries.length > MAX_ENTRIES && html`<p class="all"><a href="${pathIn(edition, `/${index}`)}">${all}</a></p>`}
</section>`;
}

function views({ edition, snapshot }: Around): Html | null {
  const saved = [...snapshot.views.values()].filter(({ filter }) => isForReaders(filter));
  if (saved.length === 0) return null;
  return html`<section><h2>${edition.messages.views}</h2><ul>${saved.map((one) => viewLink(one, edition))}</ul></section>`;
}

function viewLink({ _id, name }: { _id: string; name: string }, edition: Edition): Html {
  return html`<li><a href="${pathIn(edition, `/view/${_id}`)}"><bdi>${name}</bdi></a></li>\n`;
}

function categoryList(
  category: Category,
  entries: [string, number][],
  around: Around,
  className: string,
): Html {
  const { edition } = around;
  return html`<ul class="${className}">
${entries.map(([id, count]) => {
  const path = pathIn(edition, `/${category}/${encodeURIComponent(id)}`);
  return html`<li><a href="${path}"><bdi>${nameOf(category, id, around)}</bdi></a> <span class="n">${numberIn(edition, count)}</span></li>\n`;
})}</ul>`;
}

/** Returns the page that lists all topics, countries, sources or languages that have articles. */
export function indexPage(category: Category, around: Around): Page {
  const { edition, config, snapshot } = around;
  const { messages } = edition;
  const title = messages[INDEX_PAGES[category]];
  const entries = entriesOf(category, config, snapshot);
  const content =
    entries.length > 0 ? categoryList(category, entries, around, "index") : nothingYet(around);
  const main = html`<div class="heading"><h1>${title}</h1><p>${messages.withArticles(numberIn(edition, entries.length))}${category !== "topic" && messages.mostFirst}</p></div>
${content}`;
  return { title, path: `/${INDEX_PAGES[category]}`, articles: [], body: columns(main, around) };
}
