import { type Html, html, percent, shorten } from "../../../lib/text.ts";
import type { FieldName } from "../../../model/articles/fields.ts";
import type {
  Preview,
  PreviewArticle,
  PreviewField,
  PreviewResult,
} from "../../../model/sources/preview.ts";
import type { Candidate } from "../../../model/sources/site-discovery.ts";
import { badge, reasonText } from "../states.ts";
import { at, externalLink, section } from "../tables.ts";

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
    "Origin, or why not",
  ];
  return section("What the site offers", heads, rows, html`Nothing.`);
}

export function entriesTable(entries: PreviewResult["entries"]): Html {
  const rows = entries.map(
    ({ kind, url, articles, why }) =>
      html`<tr><td>${kind}</td><td class="url">${externalLink(url)}</td><td class="n">${articles}</td><td class="why">${why}</td></tr>\n`,
  );
  return section("Entry points", ["Kind", "Address", "Articles", "Problem"], rows, html`None.`);
}

export function linksTable(links: PreviewResult["links"]): Html {
  const followed = links.filter(({ reason }) => reason === null).length;
  const rows = links.map(
    ({ url, title, reason, detail }) =>
      html`<tr><td>${badge(reason === null ? "followed" : "skipped")}</td>
<td class="url">${externalLink(url)}</td><td><bdi>${title}</bdi></td><td class="why">${reason && reasonText(reason)}${detail && ` (${detail})`}</td></tr>\n`,
  );
  const title = `Links: ${followed} followed, ${links.length - followed} skipped`;
  return section(title, ["Fate", "Address", "Title", "Why"], rows, html`None.`);
}

/**
 * Returns a card for each article of a preview. `shows` adds the page as received, `picks` a link
 * to the selector picker.
 */
export function articlesSection(
  { _id, result, pages }: Preview,
  { picks, shows, zone }: { picks: boolean; shows: boolean; zone: string },
): Html {
  const own = pages.filter(({ kind, body }) => kind === "article" && body !== null);
  const parts = (result?.articles ?? []).map((article, index) => {
    const n = pages.findIndex((one) => own.includes(one) && one.url === article.url);
    const nth = own.findIndex(({ url }) => url === article.url);
    const picker =
      picks &&
      html`<p><a href="/admin/selector-picker?preview=${_id}&amp;n=${nth}">Point at title, date, body or author</a></p>`;
    const page = shows
      ? html`<iframe sandbox loading="lazy" title="The page as received: ${article.title}" src="/admin/preview/page?id=${_id}&amp;n=${n}"></iframe>`
      : html`<p>Log in to see the page.</p>`;
    const capture =
      n < 0 ? html`<p>The page of this article isn't stored.</p>` : html`${picker}${page}`;
    const rendered =
      pages[n]?.rendered &&
      html`<span class="status status-blue ms-2">rendered in the browser</span>`;
    return html`<details class="card mb-2 preview-article"${index === 0 && html` open`}><summary class="card-header flex-wrap"><h3 class="card-title"><bdi>${article.title ?? article.url}</bdi></h3>${badges(article)}${rendered}</summary>
<div class="card-body"><div class="row g-3"><div class="col-lg-6">${asRead(article, zone)}</div><div class="col-lg-6">${capture}</div></div></div></details>\n`;
  });
  return html`<section><h2>Articles as readers would get them</h2>${parts.length > 0 ? parts : html`<p>No article was fetched.</p>`}</section>`;
}

function badges({ why, fields, needsBrowser }: PreviewArticle): Html {
  if (needsBrowser) return html`<span class="status status-blue ms-2">needs the browser</span>`;
  if (why !== null) return html`<span class="status status-red ms-2">no article</span>`;
  const names = new Set(fields.map(({ name }) => name));
  const missing = EXPECTED_FIELDS.filter((name) => !names.has(name));
  return missing.length === 0
    ? html`<span class="status status-green ms-2">complete</span>`
    : html`<span class="status status-orange ms-2">without ${missing.join(", ")}</span>`;
}

const EXPECTED_FIELDS = ["title", "publishedAt", "text", "authors", "teaser"] as const;

function asRead(article: PreviewArticle, zone: string): Html {
  const { title, why, fields, url, length } = article;
  if (why !== null)
    return html`<p><span class="status status-red">No article</span>: ${why}</p><p class="url">${externalLink(url)}</p>`;
  const value = (name: FieldName) => fields.find((field) => field.name === name)?.value;
  const published = new Date(value("publishedAt") ?? Number.NaN);
  const when = Number.isNaN(published.getTime()) ? "" : html`${at(zone, published)} · `;
  const authors = namesIn(value("authors"));
  const text = value("teaser") ?? value("text") ?? "";
  return html`<p class="text-secondary">${when}${authors && `${authors} · `}${length} characters</p><p><bdi>${shorten(text, MAX_TEXT_CHARS)}</bdi></p><p class="url">${externalLink(url)}</p>
<details><summary>${fields.length} fields, each with its rule</summary>${fieldsTable(title, fields)}</details>`;
}

/** Returns the names in a JSON array, whose end can be missing. */
function namesIn(list = ""): string {
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, name]) => name).join(", ");
}

function fieldsTable(title: string | null, fields: readonly PreviewField[]): Html {
  const rows = fields.map(
    ({ name, value, rule, confidence }) =>
      html`<tr><th scope="row">${name}</th><td><bdi>${shorten(value, MAX_VALUE_CHARS)}</bdi></td><td>${rule}</td><td class="n">${confidence.toFixed(2)}</td></tr>\n`,
  );
  return html`<div class="table-responsive" tabindex="0" role="region" aria-label="Fields of ${title}"><table class="table table-sm"><thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">Rule</th><th scope="col" class="n">Confidence</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

const MAX_TEXT_CHARS = 400;
const MAX_VALUE_CHARS = 280;
