import { html } from "../../../lib/html.ts";
import { type Around, numberIn } from "../../server/edition.ts";
import { type Category, entriesOf } from "../../server/names.ts";
import { nothingYet } from "./empty.ts";
import type { Page } from "./layout.ts";
import { categoryList, INDEXES, numbers, side } from "./side.ts";

/** All topics, countries, sources or languages with their numbers of articles. */
export function indexPage(category: Category, around: Around): Page {
  const { edition, config, snapshot } = around;
  const { words } = edition;
  const title = words[INDEXES[category]];
  const entries = entriesOf(category, config, snapshot);
  const content =
    entries.length > 0 ? categoryList(category, entries, around, "index") : nothingYet(around);
  const body = html`<div class="wrap columns">
${numbers(around)}
<main id="main">
<div class="heading"><h1>${title}</h1><p>${words.withArticles(numberIn(edition, entries.length))}${category !== "topic" && words.mostFirst}</p></div>
${content}
</main>
${side(around)}
</div>`;
  return { title, path: `/${INDEXES[category]}`, body };
}
