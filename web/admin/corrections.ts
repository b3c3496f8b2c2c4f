import { type Html, html } from "../../lib/html.ts";
import { type Correction, wordText } from "../../model/articles/correction.ts";
import { section } from "./tables.ts";
import { at } from "./words.ts";

/** What editors said of articles, the latest first, with who, why and whether it still holds. */
export function correctionsTable(corrections: Correction[], zone: string): Html {
  return section(
    "Editors' corrections",
    ["Article", "Says", "By", "When", "Why", "Id"],
    corrections.map(({ _id, articleId, word, by, at: when, reason, undone }) => {
      const over =
        undone && html`; undone by ${undone.by}, ${at(zone, undone.at)}: ${undone.reason}`;
      return html`<tr><td class="url"><a href="/article/${encodeURIComponent(articleId)}">${articleId}</a></td>
<td>${wordText(word)}</td><td>${by}</td><td>${at(zone, when)}</td>
<td class="why">${reason}${over}</td><td class="url">${_id}</td></tr>\n`;
    }),
    html`None: <code>newsgather topics correct</code> adds topics to an article or removes them.`,
  );
}
