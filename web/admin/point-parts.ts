import { type Html, html } from "../../lib/html.ts";
import {
  POINTED,
  type PointedField,
  type Proposal,
  type Trial,
} from "../../model/sources/pointing.ts";
import { section } from "./tables.ts";
import { at as instant } from "./words.ts";

/** What a field is called on the page. */
export const FIELD_WORDS: Readonly<Record<PointedField, string>> = {
  title: "Title",
  publishedAt: "Date",
  text: "Body",
  authors: "Author",
};

/** Characters of a value that are shown. */
const SHOWN = 160;

/** Radio buttons of the fields. */
export function fieldChoice(chosen: PointedField): Html {
  const radios = POINTED.map(
    (field) =>
      html`<label class="choice"><input type="radio" name="field" value="${field}"${field === chosen && html` checked`}> ${FIELD_WORDS[field]}</label> `,
  );
  return html`<fieldset><legend>Field</legend>${radios}</fieldset>`;
}

/** Selectors to choose from, each with what it is worth on the other pages. */
export function proposalsTable(proposals: readonly Proposal[], chosen: string): Html {
  const rows = proposals.map((proposal, index) => {
    const { selector, value, found, pages, distinct, agrees, told } = proposal;
    const checked = chosen === "" ? index === 0 : chosen === selector;
    const said = told > 0 ? `${agrees} of ${told}` : "–";
    return html`<tr><td><label class="choice"><input type="radio" name="selector" required value="${selector}"${checked && html` checked`}> <code>${selector}</code></label></td>
<td><bdi>${brief(value)}</bdi></td><td class="n">${found} of ${pages}</td><td class="n">${distinct}</td><td class="n">${said}</td></tr>\n`;
  });
  const heads = ["Selector", "Gives here", "Found on", "Different", "As the feed says"];
  const none = html`Nothing on this page can be this field: point at another element, or choose another page.`;
  return section("Selectors", heads, rows, none);
}

/** What a selector would change, page by page, with the figures. */
export function trialSection(trial: Trial, zone: string): Html {
  const { field, selector, pages, before, after, told, from } = trial;
  const rows = pages.map(
    ({ url, at, ...page }) => html`<tr><td class="url">${url}</td><td>${instant(zone, at)}</td>
<td><bdi>${brief(page.before.value ?? "–")}</bdi> <small>${page.before.rule}</small></td><td><bdi>${brief(page.after.value ?? "–")}</bdi> <small>${page.after.rule}</small></td></tr>\n`,
  );
  const said =
    told > 0 && html`<li>as the feed says: ${before.agrees} of ${told}, then ${after.agrees}</li>`;
  const since =
    from &&
    html`<li>first needed by the page of ${instant(zone, from)}: it holds from then on</li>`;
  const none = html`No page of an article is kept.`;
  return html`<section><h2>${FIELD_WORDS[field]} by <code>${selector}</code>, before and after</h2>
<ul><li>found on ${before.filled} of ${pages.length} pages, then ${after.filled}</li><li>different values: ${before.distinct}, then ${after.distinct}</li>${said}${since}</ul></section>
${section("Page by page", ["Page", "Fetched", "Now", "With it"], rows, none)}`;
}

function brief(value: string): string {
  return value.length > SHOWN ? `${value.slice(0, SHOWN - 1)}…` : value;
}
