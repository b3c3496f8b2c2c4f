import { type Html, html } from "../../../lib/html.ts";
import { percent } from "../../../lib/text.ts";
import {
  type Preview,
  type PreviewArticle,
  type PreviewResult,
} from "../../../model/sources/preview.ts";
import { type Candidate } from "../../../model/sources/site-discovery.ts";
import { reasonText } from "../states.ts";
import { externalLink, section, shorten } from "../tables.ts";

/** What a site offers, the best first. */
export function candidatesTable(candidates: Candidate[]): Html {
  const rows = candidates.map(({ proposed, kind, url, measures, score, why, from }) => {
    const { articles, newest, articleShare, fullText, known } = measures ?? {};
    const shares = [articleShare, fullText, known].map(
      (share) => html`<td class="n">${share === undefined ? "" : percent(share)}</td>`,
    );
    return html`<tr><td>${proposed ? "yes" : "no"}</td><td>${kind}</td><td class="url">${externalLink(url)}</td><td class="n">${score.toFixed(2)}</td>
<td class="n">${articles}</td><td>${newest?.toISOString().slice(0, 10)}</td>${shares}<td class="why">${why ?? from}</td></tr>\n`;
  });
  const heads = [
    "Proposed",
    "Kind",
    "Address",
    "Score",
    "Articles",
    "Newest",
    "Like articles",
    "Full text",
    "Known",
    "Why, or where from",
  ];
  return section("What the site offers", heads, rows, html`Nothing.`);
}

/** How each entry point was read. */
export function entriesTable(entries: PreviewResult["entries"]): Html {
  const rows = entries.map(
    ({ kind, url, articles, why }) =>
      html`<tr><td>${kind}</td><td class="url">${externalLink(url)}</td><td class="n">${articles}</td><td class="why">${why}</td></tr>\n`,
  );
  return section("Entry picks", ["Kind", "Address", "Articles", "Problem"], rows, html`None.`);
}

/** What becomes of each link. */
export function linksTable(links: PreviewResult["links"]): Html {
  const followed = links.filter(({ reason }) => reason === null).length;
  const rows = links.map(
    ({
      url,
      title,
      reason,
      detail,
    }) => html`<tr><td><span class="status ${reason === null ? "status-green" : "status-secondary"}">${reason === null ? "followed" : "left out"}</span></td>
<td class="url">${externalLink(url)}</td><td><bdi>${title}</bdi></td><td class="why">${reason && reasonText(reason)}${detail && ` (${detail})`}</td></tr>\n`,
  );
  return section(
    `Links: ${followed} followed, ${links.length - followed} left out`,
    ["Fate", "Address", "Title", "Why"],
    rows,
    html`None.`,
  );
}

/** The fetched articles, each beside its page as it came where that may be seen (`shows`); `picks` where a selector can be picked. */
export function articlesSection(
  { _id, result, pages }: Preview,
  { picks, shows }: { picks: boolean; shows: boolean },
): Html {
  const own = pages.filter(({ kind, body }) => kind === "article" && body !== null);
  const parts = (result?.articles ?? []).map((article) => {
    const n = pages.findIndex(
      ({ url, kind, body }) => kind === "article" && url === article.url && body !== null,
    );
    const capture =
      n < 0
        ? html`<p>Its page isn't kept.</p>`
        : html`${
            picks &&
            pickerLink(
              _id,
              own.findIndex(({ url }) => url === article.url),
            )
          }${
            shows
              ? html`<iframe sandbox loading="lazy" title="The page as it came" src="/admin/preview/page?id=${_id}&amp;n=${n}"></iframe>`
              : html`<p>Log in to see its page.</p>`
          }`;
    return html`<article class="beside"><h3><bdi>${article.title ?? article.url}</bdi></h3><p class="url">${externalLink(article.url)}</p>
<div class="pair"><div>${fieldsOf(article)}</div><div>${capture}</div></div></article>`;
  });
  return html`<section class="card card-body"><h2 class="card-title">Articles</h2>${parts.length > 0 ? parts : html`<p>None was fetched.</p>`}</section>`;
}

function pickerLink(id: string, n: number): Html {
  return html`<p><a href="/admin/selector-picker?preview=${id}&amp;n=${n}">Point at title, date, body or author</a></p>`;
}

function fieldsOf({ title, why, fields }: PreviewArticle): Html {
  if (why !== null) return html`<p><span class="status status-red">No article</span>: ${why}</p>`;
  const rows = fields.map(
    ({ name, value, rule, confidence }) =>
      html`<tr><th scope="row">${name}</th><td><bdi>${shorten(value, MAX_VALUE_CHARS)}</bdi></td><td>${rule}</td><td class="n">${confidence.toFixed(2)}</td></tr>\n`,
  );
  return html`<div class="table-responsive" tabindex="0" role="region" aria-label="Fields of ${title}"><table class="table table-sm"><thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">Rule</th><th scope="col">Sure</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Characters of a field that are shown beside its page. */
const MAX_VALUE_CHARS = 280;
