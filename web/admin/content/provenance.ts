import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { decodedBytes, decodedText } from "../../../archive/captures.ts";
import {
  HIGHLIGHT_ID,
  type Highlighted,
  type HighlightRequest,
} from "../../../extractors/dom/highlight.ts";
import { cachedPer } from "../../../lib/async.ts";
import { type Html, html, percent, shorten } from "../../../lib/text.ts";
import { COMPLETENESS } from "../../../model/articles/article.ts";
import type { Place, PlaceVerdict } from "../../../model/articles/classification.ts";
import type { Evidence } from "../../../model/articles/fields.ts";
import { type Capture, isLost, lostProblem } from "../../../model/crawl/capture.ts";
import { ProblemError } from "../../../model/problem.ts";
import { findBody } from "../../../store/archive/bodies.ts";
import { findArticle } from "../../../store/articles/articles.ts";
import { getCapture } from "../../../store/crawl/captures.ts";
import { isKnown } from "../../auth/access.ts";
import { type AdminPage, type PageDeps, readQuery, STORED_PAGE_POLICY } from "../page.ts";
import { at, section } from "../tables.ts";
import {
  articleHead,
  articleTabs,
  findShown,
  NO_ARTICLE,
  type ShownArticle,
} from "./article-tabs.ts";

const Query = z.object({
  article: z.string().max(200).default(""),
  capture: z.string().max(200).default(""),
  field: z.string().max(100).default(""),
});

interface Row extends Pick<Evidence, "rule" | "seen"> {
  field: string;
  value: unknown;
  confidence: number | null;
}

/** `/admin/provenance`: where each field of an article comes from, beside the stored page. */
export const provenancePage: AdminPage = {
  path: "/admin/provenance",
  title: "Provenance",
  section: "Content",
  under: "/admin/articles",
  commands: ["newsgather try URL --explain"],
  frames: true,
  async show(request, deps) {
    const { store, timezone } = deps;
    const { article: id, capture: wanted, field } = readQuery(Query, request);
    const article = await findShown(store, id);
    const captureId = wanted || (article?.captureId ?? "");
    const capture = captureId === "" ? null : await getCapture(store, captureId);
    const rows = article ? rowsOf(article) : [];
    const json = { article: article?._id ?? null, captureId: capture?._id ?? null, fields: rows };
    if (!article && !capture) return { json, html: NO_ARTICLE };
    return {
      json,
      ...(article && articleHead(request, article)),
      html: async () => {
        const tabs = article && articleTabs(article._id, "/admin/provenance");
        const row = capture && isKnown(request) && rows.find((one) => keyOf(one) === field);
        const key = keyOfMarked({ capture: captureId, article: id, field });
        const place = row ? { row, found: (await readMarked(deps, key))?.found ?? 0 } : null;
        const query = new URLSearchParams({
          capture: captureId,
          ...(place && { article: id, field }),
        }).toString();
        return html`${tabs}${article && fieldsOf(article, rows)}${replayOf(capture, timezone, request, { place, query })}`;
      },
    };
  },
  files: [
    {
      path: "/admin/provenance/page",
      asksWho: true,
      async send(request, reply, deps) {
        const { store } = deps;
        const shown = readQuery(Query, request);
        const { capture: captureId } = shown;
        const capture = await getCapture(store, captureId);
        const body = capture?.bodyId ? await findBody(store, capture.bodyId) : null;
        if (!capture || !body) throw new ProblemError(404, "not-found", whyNot(capture));
        if (isLost(body)) throw lostProblem(body);
        const marked = await readMarked(deps, keyOfMarked(shown));
        return reply
          .header("content-security-policy", STORED_PAGE_POLICY)
          .header("cache-control", "no-store")
          .header("content-type", `${isPage(capture) ? "text/html" : "text/plain"}; charset=utf-8`)
          .send(marked?.html ?? (await decodedText(capture, body)));
      },
    },
  ],
};

type ReadFields = Omit<ShownArticle, "sourceName">;

function rowsOf(article: ReadFields): Row[] {
  const { byTopic = [], relevance: _, places, ...seen } = article.evidence;
  const values = article as unknown as Record<string, unknown>;
  const fields = Object.entries(seen).flatMap(([field, evidence]): Row[] => {
    if (!evidence || !("rule" in evidence)) return [];
    const { rule, seen: words, confidence } = evidence;
    return [{ field, value: values[field] ?? null, rule, seen: words, confidence }];
  });
  const topics = byTopic.map(({ id, because, hits }): Row => {
    const words = hits.map(({ keyword }) => keyword).join(", ");
    return { field: "topic", value: id, rule: because, seen: words || null, confidence: null };
  });
  return [...fields, ...placesOf(article, places), ...topics];
}

function keyOf({ field, value }: Row): string {
  return field === "topic" ? `topic ${String(value)}` : field;
}

function highlightOf({ field, value, seen }: Row): HighlightRequest {
  if (/^(?:topic|country|region|city)$/.test(field)) {
    return { texts: [], words: typeof seen === "string" ? seen.split(", ") : [] };
  }
  const texts = [value, seen].flat().flatMap((one) => (typeof one === "string" ? [one] : []));
  const isText = field === "text";
  return { texts: isText ? texts.flatMap((text) => text.split(/\n+/)) : texts, words: [] };
}

/** Returns the page with a field marked; cached, because its frame asks for it next. */
const readMarked = cachedPer(loadMarked, { ttl: 30_000, size: 8 });

function keyOfMarked({ capture, article, field }: z.output<typeof Query>): string {
  return JSON.stringify({ capture, article, field });
}

async function loadMarked(
  { store, openParser }: PageDeps,
  key: string,
): Promise<Highlighted | null> {
  const shown = JSON.parse(key) as z.output<typeof Query>;
  const [capture, article] = await Promise.all([
    getCapture(store, shown.capture),
    shown.article === "" ? null : findArticle(store, shown.article),
  ]);
  const row = article && rowsOf(article).find((one) => keyOf(one) === shown.field);
  const body = row && capture?.bodyId ? await findBody(store, capture.bodyId) : null;
  if (!row || !capture || !body || isLost(body) || !isPage(capture)) return null;
  const { finalUrl: url, headers } = capture;
  const contentType = headers["content-type"] ?? null;
  const page = { body: await decodedBytes(body), contentType, url };
  const parser = await openParser();
  return parser.highlight({ ...page, ...highlightOf(row) }).catch(() => null);
}

function isPage({ headers }: Capture): boolean {
  return /html/i.test(headers["content-type"] ?? "");
}

function placesOf(article: ReadFields, verdict: PlaceVerdict | undefined): Row[] {
  if (!verdict) return [];
  const { because, confidence, hits } = verdict;
  const { country, region, regionCode, city } = article;
  const row = (field: Place["kind"], value: string | null, is: (place: Place) => boolean): Row => {
    const words = hits.filter((hit) => is(hit.place)).map(({ matched }) => matched);
    const ground = field === "city" ? words.length > 0 && "mentioned" : because[field];
    const seen = [...new Set(words)].join(", ") || null;
    return { field, value, rule: ground || "the article names none", seen, confidence };
  };
  return [
    row("country", country, (place) => place.country === country),
    row("region", region, (place) => place.region !== null && place.region === regionCode),
    row("city", city, ({ kind, name }) => kind === "city" && name === city),
  ];
}

const MAX_VALUE_CHARS = 200;

function plainText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainText).join(", ");
  if (typeof value === "object" && "url" in value) return plainText(value.url);
  return JSON.stringify(value);
}

function textOf(value: unknown): string {
  return shorten(plainText(value), MAX_VALUE_CHARS);
}

function fieldsOf(article: ShownArticle, rows: Row[]): Html {
  const { _id, extractor, derived, sourceId, sourceName, sourceVersion, captureId } = article;
  const { completeness, incompleteReason } = article;
  const extent = [COMPLETENESS[completeness], incompleteReason].filter(Boolean).join("; ");
  const rules = Object.entries(derived ?? {}).map(([stage, version]) => `${stage} ${version}`);
  return html`<p>Read from <a href="/admin/provenance?article=${_id}&amp;capture=${captureId}">its stored response</a> by rules ${extractor}
(${rules.join(", ")}), by version ${sourceVersion} of <a href="/admin/versions?source=${encodeURIComponent(sourceId)}">${sourceName}</a>;
<a href="/admin/revisions?article=${_id}">its revisions</a>. Completeness: ${completeness} (${extent}).</p>
${section(
  "Fields",
  ["Field", "Value", "Rule", "Confidence", "Seen"],
  rows.map((row) => {
    const { field, value, rule, seen, confidence } = row;
    const query = new URLSearchParams({ article: _id, field: keyOf(row) }).toString();
    return html`<tr><td><a href="/admin/provenance?${query}#page">${field}</a></td><td class="url"><bdi>${textOf(value)}</bdi></td><td>${rule}</td>
<td class="n">${confidence !== null && percent(confidence)}</td><td class="url"><bdi>${seen === null ? "" : textOf(seen)}</bdi></td></tr>\n`;
  }),
  html`Nothing is recorded about how the fields were read.`,
)}`;
}

function replayOf(
  capture: Capture | null,
  zone: string,
  request: FastifyRequest,
  { place, query }: { place: { row: Row; found: number } | null; query: string },
): Html {
  const banner =
    capture &&
    html`<p role="status">As ${capture.sourceId || "the host"} sent it (${at(zone, capture.fetchedAt)}) from
<a href="${capture.finalUrl}" rel="noreferrer nofollow">${capture.finalUrl}</a>, status ${capture.status}; scripts, pictures and the network are off.</p>`;
  const shows = capture?.bodyId && isKnown(request);
  const anchor = place && place.found > 0 ? `#${HIGHLIGHT_ID}` : "";
  const words =
    place &&
    html`<p role="status">${place.found > 0 ? `"${place.row.field}" is marked in the page below.` : `"${place.row.field}" isn't in the visible text: it comes from ${place.row.rule}.`}</p>`;
  const body = shows
    ? html`${words}<iframe sandbox loading="lazy" title="The page as received" src="/admin/provenance/page?${query}${anchor}"></iframe>`
    : html`<p>${capture?.bodyId ? "Log in to see the page." : whyNot(capture)}</p>`;
  return html`<section class="card card-body" id="page"><h2 class="card-title">The page as received</h2>${banner}${body}</section>`;
}

function whyNot(capture: Capture | null): string {
  if (!capture) return "This response is no longer stored.";
  if (capture.withheld)
    return `The body of this response isn't stored. Reason: ${capture.withheld}.`;
  return capture.bodyId
    ? "The retention time of this response has ended."
    : "The response had no body.";
}
