import { type Html, html, httpUrl } from "../../lib/html.ts";
import type { UnlistedArticle } from "../../store/articles/articles.ts";
import { section } from "./tables.ts";
import { at } from "./words.ts";

/** Articles that are stored and that readers don't see, with the reason and its arithmetic. */
export function unlistedTable(
  articles: UnlistedArticle[],
  names: ReadonlyMap<string, string>,
  zone: string,
): Html {
  return section(
    "Articles not listed",
    ["Article", "Source", "Since", "Why"],
    articles.map(({ title, url, sourceId, unlisted }) => {
      const safe = httpUrl(url);
      const name = html`<bdi>${title}</bdi>`;
      const link = safe
        ? html`<a href="${safe}" rel="external noopener noreferrer">${name}</a>`
        : name;
      return html`<tr><td>${link}</td><td><bdi>${names.get(sourceId) ?? sourceId}</bdi></td>
<td>${at(zone, unlisted?.at ?? null)}</td><td class="why">${unlisted && `${unlisted.reason}: ${unlisted.detail}`}</td></tr>\n`;
    }),
    html`None: every article is relevant enough for its source.`,
  );
}
