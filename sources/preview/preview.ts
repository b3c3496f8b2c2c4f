import { newLink, planDiscovery } from "../../articles/ingest/links.ts";
import {
  forStore,
  judgePage,
  pageOf,
  pageRights,
  reservationMessage,
  withholds,
} from "../../articles/reading/parse-tasks.ts";
import type { Parser } from "../../articles/reading/parser.ts";
import { hashContent } from "../../articles/revisions/draft.ts";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { rightsHeaders } from "../../crawler/rights/page-signals.ts";
import type { Visited, Visitor } from "../../crawler/visit.ts";
import { shorten } from "../../lib/text.ts";
import type { Extraction, FieldName } from "../../model/articles/fields.ts";
import type { Discovery, FoundLink, Lane, Link } from "../../model/crawl/link.ts";
import { DETAILS, SKIP_REASONS, skippedText } from "../../model/crawl/outcome.ts";
import type {
  PreviewArticle,
  PreviewField,
  PreviewLink,
  PreviewPage,
  PreviewProblem,
  PreviewResult,
} from "../../model/sources/preview.ts";
import type { Source, SourceRecord } from "../../model/sources/source.ts";
import { recordOf } from "../../store/sources/sources.ts";
import { recording } from "./recorded.ts";

export interface PreviewDeps {
  visitor: Visitor;
  /** The browser; `elsewhere` if only another process has one, null if none has. */
  render: Visitor | "elsewhere" | null;
  parser: Pick<Parser, "discover" | "extract">;
  product: string;
  now: () => Date;
  progress(step: string): void;
}

/** Thrown if a page needs the browser and only another process has one. */
export class NeedsBrowser extends Error {}

const MAX_ARTICLES = 5;
const MAX_ENTRY_POINTS = 8;
const MAX_LINKS = 500;

/**
 * Reads up to eight entry points and five articles, but stores nothing. Throws `NeedsBrowser` if
 * another process has to render a page.
 */
export async function previewSource(
  deps: PreviewDeps,
  source: Source,
): Promise<{ result: PreviewResult; pages: PreviewPage[] }> {
  const own = { visitor: deps.visitor, render: deps.render === "elsewhere" ? null : deps.render };
  const { pages, ...recordings } = recording(own, deps.product, source);
  const inBrowser = () => {
    if (deps.render === "elsewhere") throw new NeedsBrowser("a page needs the browser");
    return recordings.render;
  };
  const recorded = { ...deps, ...recordings, inBrowser };
  const record = recordOf(source);
  const { entries, plans } = await readEntries(recorded, record);
  const due = plans.flatMap((plan) => plan.due);
  const left = plans.flatMap((plan) => plan.left);
  const links = distinct([...due, ...left]);
  const articles: PreviewResult["articles"] = [];
  for (const { url, hints } of distinct(due).slice(0, MAX_ARTICLES)) {
    deps.progress(url);
    articles.push(await readArticle(recorded, { url, hints }, record));
  }
  const found = { entries, links: links.slice(0, MAX_LINKS).map(toPreviewLink), articles };
  const problems = checkPreview(found);
  return { result: { verdict: verdictOf(problems), problems, ...found }, pages };
}

interface Recorded
  extends Omit<PreviewDeps, "render">,
    Pick<ReturnType<typeof recording>, "reserve"> {
  inBrowser: () => Visitor | null;
}

async function readEntries(deps: Recorded, source: SourceRecord) {
  const entries: PreviewResult["entries"] = [];
  const plans: { due: Link[]; left: Link[] }[] = [];
  const waiting: FoundLink[] = [...entryPoints(source)];
  const seen = new Set<string>();
  let taken = 0;
  // The loop also reads the entry points that it finds.
  for (const entry of waiting) {
    if (seen.size >= MAX_ENTRY_POINTS) break;
    if (seen.has(urlKey(entry.url))) continue;
    seen.add(urlKey(entry.url));
    deps.progress(entry.url);
    const read = await readEntry(deps, entry, source);
    if (typeof read === "string") {
      entries.push({ url: entry.url, kind: entry.kind, articles: 0, why: read });
      continue;
    }
    const link = newLink(entry, { ...FIRST_RUN, id: urlKey(entry.url), source, now: deps.now() });
    const run = { _id: FIRST_RUN.runId, first: true };
    const rest = {
      known: new Map(),
      taken,
      laneOf: () => FIRST_RUN.lane,
      delayOf: () => 0,
      trapOf: () => null,
      trusts: () => true,
    };
    const entryKind = entry.kind === "article" ? "listing" : entry.kind;
    const announcer = { captureId: link._id, seenAt: deps.now(), kind: entryKind };
    const plan = planDiscovery(read, { link, announcer, source, run, now: deps.now(), ...rest });
    const due = plan.due.filter(({ kind }) => kind === "article");
    taken += due.length;
    plans.push({ due, left: plan.left });
    waiting.push(...plan.due.filter(({ kind }) => kind !== "article"));
    const articles = read.links.filter(({ kind }) => kind === "article").length;
    const odd = read.links.length + read.skipped.length === 0 ? (read.problems[0] ?? null) : null;
    entries.push({ url: entry.url, kind: entry.kind, articles, why: odd });
  }
  return { entries, plans };
}

const FIRST_RUN = { runId: "preview", lane: "http", parentId: null } as const;

async function readEntry(
  deps: Recorded,
  found: FoundLink,
  source: SourceRecord,
  browser: Visitor | null = source.render === "browser" ? deps.inBrowser() : null,
): Promise<Discovery | string> {
  const { parser, now } = deps;
  const { url, kind, page } = found;
  if (kind === "article") return "an article isn't an entry point";
  const visited = await (browser ?? deps.visitor).visit(url, kind, source);
  if ("failed" in visited) return visited.failed.detail;
  if ("refused" in visited) return SKIP_REASONS[visited.refused.skipped];
  const task = { kind, page, ...pageOf(source, visited.received, now()) };
  try {
    const read = await parser.discover(task);
    if (read.signedOut) return DETAILS.signedOut;
    if (!read.appShell || browser || source.render !== "auto") return read.discovery;
    const filling = deps.inBrowser();
    if (filling) return await readEntry(deps, found, source, filling);
    return "a script writes the list on this page: runs render the page in the browser";
  } catch (error) {
    if (error instanceof NeedsBrowser) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

async function readArticle(
  deps: Recorded,
  found: Pick<FoundLink, "url" | "hints">,
  source: SourceRecord,
): Promise<PreviewArticle> {
  const read = async (visitor: Visitor, lane: Lane) => {
    const visited = await visitor.visit(found.url, "article", source);
    return previewArticle(deps, found, visited, { source, lane });
  };
  const set = source.render === "browser" ? deps.inBrowser() : null;
  if (set) return read(set, "browser");
  const overHttp = await read(deps.visitor, "http");
  const filling = overHttp.needsBrowser ? deps.inBrowser() : null;
  return filling ? read(filling, "browser") : overHttp;
}

function toPreviewLink({ foundUrl, hints, reason, detail }: Link): PreviewLink {
  return { url: foundUrl, title: hints.title ?? null, reason, detail };
}

function distinct(links: Link[]): Link[] {
  return [...new Map(links.map((link) => [link._id, link])).values()];
}

const MAX_VALUE_LENGTH = 600;

async function previewArticle(
  { parser, product, now, reserve }: Pick<Recorded, "parser" | "product" | "now" | "reserve">,
  { url, hints }: Pick<FoundLink, "url" | "hints">,
  visited: Visited,
  { source, lane }: { source: SourceRecord; lane: Lane },
): Promise<PreviewArticle> {
  const nothing = {
    url,
    title: hints.title ?? null,
    fields: [],
    length: 0,
    contentHash: null,
    publishedAt: null,
    needsBrowser: false,
  };
  if ("failed" in visited) return { ...nothing, why: visited.failed.detail };
  if ("refused" in visited) return { ...nothing, why: skippedText(visited.refused) };
  const { received, host } = visited;
  const headers = rightsHeaders(received.headers);
  const page = { url: received.url, product, seenAt: received.startedAt, headers, host };
  const extracted = await parser
    .extract({ ...pageOf(source, received, now()), hints, rights: page })
    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof extracted === "string") {
    reserve(url, null);
    return { ...nothing, why: extracted };
  }
  const { declared } = extracted.extraction.page;
  const { reserved } = pageRights({ ...page, declared }, source);
  reserve(url, reserved);
  if (extracted.withdrawn) return { ...nothing, why: `withdrawn: "${extracted.withdrawn}"` };
  const how = { lane, render: source.render, mayFill: true, isKnown: false };
  const verdict = judgePage(extracted, reserved, how);
  if (verdict.kind === "needs-browser") {
    return { ...nothing, why: "a script writes the text of this page", needsBrowser: true };
  }
  if (verdict.kind === "skipped") return { ...nothing, why: skippedText(verdict.why) };
  const extraction = forStore(verdict.extraction, reserved);
  const { fields } = extraction;
  const title = verdict.article.classified.title;
  return {
    ...nothing,
    title,
    why: null,
    fields: fieldsOf(extraction),
    length: fields.text?.length ?? 0,
    contentHash: hashContent(title, fields.text ?? ""),
    ...(reserved.length > 0 && { reserved }),
    publishedAt: fields.publishedAt,
  };
}

const HIDDEN = new Set<FieldName>(["html"]);

function fieldsOf({ fields, evidence }: Extraction): PreviewField[] {
  return (Object.keys(fields) as FieldName[]).flatMap((name) => {
    const value = shown(fields[name]);
    if (value === "" || HIDDEN.has(name)) return [];
    const reading = evidence[name];
    return [{ name, value, rule: reading?.rule ?? "", confidence: reading?.confidence ?? 0 }];
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return shorten(text, MAX_VALUE_LENGTH);
}

const MIN_LENGTH_CHARS = 400;
const MIN_LENGTH_IDEOGRAPHS = 120;
/** A less certain title might be the site's name. */
const MIN_TITLE_CONFIDENCE = 0.5;

/** Returns the problems of a preview, errors first. */
export function checkPreview(found: Omit<PreviewResult, "verdict" | "problems">): PreviewProblem[] {
  const { entries, links, articles } = found;
  const wanted = links.filter(({ reason }) => reason === null);
  const read = articles.filter(({ why }) => why === null);
  const problems: PreviewProblem[] = [];
  const error = (text: string) => problems.push({ level: "error", text });
  const warn = (text: string) => problems.push({ level: "warning", text });
  const most = (is: (article: PreviewArticle) => boolean) =>
    read.filter(is).length > read.length / 2;

  for (const { url, why } of entries) if (why !== null) warn(`${url} can't be read: ${why}`);
  if (entries.every(({ why }) => why !== null)) error("no entry point can be read");
  else if (wanted.length === 0)
    error("no link to an article is left: the entry points list none, or all are excluded");
  else if (read.length === 0) error(`none of the fetched pages is an article: ${whys(articles)}`);
  if (articles.some(({ needsBrowser }) => needsBrowser)) {
    warn(
      "pages need the browser, but no worker rendered them within two minutes: check that the role browser is running",
    );
  }
  if (read.length === 0) return worstFirst(problems);
  const failed = articles.length - read.length;
  if (failed > 0)
    warn(`pages that are no article (${failed} of ${articles.length}): ${whys(articles)}`);
  if (most(({ publishedAt }) => publishedAt === null)) warn("most articles have no date");
  const reservations = [...new Set(read.flatMap(({ reserved = [] }) => reserved))];
  const words = reservationMessage(reservations);
  if (words) warn(words);
  if (most(isShort))
    warn("most texts are short: the feed may point at teasers, or a selector is needed");
  if (haveSameText(read)) {
    warn("several pages have the same text: a selector is needed, or these pages aren't articles");
  }
  if (most(hasUncertainTitle))
    warn("most titles are uncertain: set a selector for the title under select");
  return worstFirst(problems);
}

export function verdictOf(problems: readonly PreviewProblem[]): PreviewResult["verdict"] {
  if (problems.some(({ level }) => level === "error")) return "red";
  return problems.length > 0 ? "amber" : "green";
}

function worstFirst(problems: PreviewProblem[]): PreviewProblem[] {
  return problems.toSorted((a, b) => Number(b.level === "error") - Number(a.level === "error"));
}

function whys(articles: readonly PreviewArticle[]): string {
  return [...new Set(articles.flatMap(({ why }) => why ?? []))].join("; ");
}

function isShort(article: PreviewArticle): boolean {
  if (isWithheld(article)) return false;
  const text = textOf(article);
  return (
    article.length < (/\p{Ideographic}/u.test(text) ? MIN_LENGTH_IDEOGRAPHS : MIN_LENGTH_CHARS)
  );
}

function hasUncertainTitle({ fields }: PreviewArticle): boolean {
  return (fields.find(({ name }) => name === "title")?.confidence ?? 0) < MIN_TITLE_CONFIDENCE;
}

function haveSameText(read: readonly PreviewArticle[]): boolean {
  const texts = read.filter((article) => !isWithheld(article)).map(textOf);
  return new Set(texts).size < texts.length;
}

function isWithheld({ reserved = [] }: PreviewArticle): boolean {
  return withholds(reserved) !== null;
}

function textOf({ fields }: PreviewArticle): string {
  return fields.find(({ name }) => name === "text")?.value ?? "";
}
