import { type Html, html } from "../../lib/html.ts";
import type { PortalConfig } from "../config.ts";
import { type Category, entriesOf, nameOf } from "../names.ts";
import { type Snapshot, shiftDay } from "../snapshot.ts";

const SHOWN = 8;

/** Plural of each category: its heading and the address of its index page. */
export const INDEXES: Record<Category, { title: string; path: string }> = {
  topic: { title: "Topics", path: "/topics" },
  country: { title: "Countries", path: "/countries" },
  source: { title: "Sources", path: "/sources" },
  language: { title: "Languages", path: "/languages" },
};

/** How a count reads: `1,234`. */
export function number(count: number): string {
  return count.toLocaleString("en");
}

/** Counters of today, yesterday and everything, and the categories with most articles. */
export function side(config: PortalConfig, snapshot: Snapshot): Html {
  const { counters, today } = snapshot;
  const categories: Category[] = ["topic", "country", "source", "language"];
  return html`<section class="numbers" aria-label="Articles"><dl class="counters">
${counter("Today", `/day/${today}`, counters.today.articles)}
${counter("Yesterday", `/day/${shiftDay(today, -1)}`, counters.yesterday.articles)}
${counter("All", "/", counters.all.articles + (config.countedBefore ?? 0))}
</dl></section>
<aside class="side" aria-label="Overview">
${categories.map((category) => box(category, config, snapshot))}
${views(snapshot)}
</aside>`;
}

function counter(label: string, path: string, count: number): Html {
  return html`<div><dt>${label}</dt><dd><a href="${path}">${number(count)}</a></dd></div>`;
}

function box(category: Category, config: PortalConfig, snapshot: Snapshot): Html | null {
  const entries = entriesOf(category, config, snapshot);
  if (entries.length === 0) return null;
  const { title, path } = INDEXES[category];
  return html`<section><h2>${title}</h2>
${categoryList(category, entries.slice(0, SHOWN), config, snapshot, "")}
${entries.length > SHOWN && html`<p class="all"><a href="${path}">All ${number(entries.length)}</a></p>`}
</section>`;
}

function views({ views: saved }: Snapshot): Html | null {
  if (saved.size === 0) return null;
  const links = [...saved.values()].map(
    ({ _id, name }) => html`<li><a href="/view/${_id}"><bdi>${name}</bdi></a></li>\n`,
  );
  return html`<section><h2>Views</h2><ul>${links}</ul></section>`;
}

/** A list of links to categories with their counts. */
export function categoryList(
  category: Category,
  entries: [string, number][],
  config: PortalConfig,
  snapshot: Snapshot,
  className: string,
): Html {
  return html`<ul class="${className}">
${entries.map(([id, count]) => {
  const name = nameOf(category, id, config, snapshot);
  return html`<li><a href="/${category}/${encodeURIComponent(id)}"><bdi>${name}</bdi></a> <span class="n">${number(count)}</span></li>\n`;
})}</ul>`;
}
