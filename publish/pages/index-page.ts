import { html } from "../../lib/html.ts";
import type { PortalConfig } from "../config.ts";
import { type Category, entriesOf } from "../names.ts";
import type { Snapshot } from "../snapshot.ts";
import { nothingYet } from "./empty.ts";
import type { Page } from "./layout.ts";
import { categoryList, INDEXES, number, side } from "./side.ts";

/** All topics, countries, sources or languages with their numbers of articles. */
export function indexPage(category: Category, config: PortalConfig, snapshot: Snapshot): Page {
  const { title, path } = INDEXES[category];
  const entries = entriesOf(category, config, snapshot);
  const content =
    entries.length > 0
      ? categoryList(category, entries, config, snapshot, "index")
      : nothingYet(snapshot);
  const body = html`<div class="wrap columns">
<main id="main">
<div class="heading"><h1>${title}</h1><p>${number(entries.length)} with articles${category !== "topic" && ", most articles first"}</p></div>
${content}
</main>
${side(config, snapshot)}
</div>`;
  return { title, path, body };
}
