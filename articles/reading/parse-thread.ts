import { workerData } from "piscina";
import { LIMITS } from "../../config/limits.ts";
import { decodeText } from "../../crawler/http/decode.ts";
import { discover } from "../../crawler/links/discover.ts";
import { articlesOnOtherSites, parsePage } from "../../crawler/links/hints.ts";
import { select as selectAll } from "../../crawler/links/selector.ts";
import { readSitePage, type SitePage } from "../../crawler/links/site/site-page.ts";
import { joinArticlePages } from "../../extractors/article-pages/find.ts";
import { dropBoilerplate, keyedParagraphs } from "../../extractors/boilerplate.ts";
import { type Highlighted, highlight } from "../../extractors/dom/highlight.ts";
import { extract, readAnnounced } from "../../extractors/extract.ts";
import { prepare } from "../../extractors/language.ts";
import { extractPdf } from "../../extractors/pdf/pdf.ts";
import { marked, type Pointed, point } from "../../extractors/selectors/propose.ts";
import { isPdf } from "../../lib/text.ts";
import type { Extraction } from "../../model/articles/fields.ts";
import { classify, withdrawnWords } from "../classify/classify.ts";
import type { PlaceFinder } from "../classify/places/places.ts";
import { topicMatcher } from "../classify/topics/matcher.ts";
import { fingerprint, guidHash } from "../matching/fingerprint.ts";
import { loadPlaces } from "./gazetteer.ts";
import {
  type AnnouncedItem,
  bindingRights,
  type Discovered,
  type DiscoverTask,
  type Extracted,
  type ExtractTask,
  forAnalysis,
  forStore,
  type ParseTask,
  pageRights,
  type SourceView,
} from "./parse-tasks.ts";
import type { ThreadData } from "./parser.ts";

await prepare();

const topics = topicMatcher((workerData as ThreadData).topics);

let finder: PlaceFinder | undefined;

function placeFinder(): PlaceFinder {
  // Threads that only read listings don't need the gazetteer.
  finder ??= loadPlaces();
  return finder;
}

/** Runs a task in a parser thread. Returns a result that can be copied to the calling thread. */
export default async function parse(
  task: ParseTask,
): Promise<Extracted | Extracted[] | Discovered | SitePage | Pointed | Highlighted | string> {
  if (task.begun) Atomics.store(task.begun, 0, 1);
  if (task.task === "announce") return task.items.map(announced);
  if (task.task === "extract") return withSignedOut(task, derived(task, await readFields(task)));
  const { text } = decodeText(task.body, task.contentType);
  if (task.task === "sitePage") {
    return readSitePage({ ...task, text, limits: { links: LIMITS.sitemapUrls } });
  }
  if (task.task === "point") return point({ ...task, html: text });
  if (task.task === "number-elements") return marked(text);
  if (task.task === "highlight") return highlight(text, task);
  return withSignedOut(task, discovered(task, text));
}

function withSignedOut<T extends Extracted | Discovered>(
  task: ExtractTask | DiscoverTask,
  read: T,
): T {
  const { source, body, contentType } = task;
  if (source.signedOut === undefined || isPdf(body)) return read;
  const { text } = decodeText(body, contentType);
  return { ...read, signedOut: selectAll(source.signedOut, parsePage(text)).length > 0 };
}

function readFields(task: ExtractTask): Extraction | Promise<Extraction> {
  const { url, now, source, hints, body, contentType, articlePages = [] } = task;
  const { select, language = null, hasLogin: hasPaid } = source;
  const known = { url, now, select, language, hints, hasPaid };
  if (isPdf(body)) return extractPdf({ ...known, bytes: body });
  const read = (page: Pick<ExtractTask, "body" | "contentType" | "url" | "now">) =>
    extract({ ...known, ...page, html: decodeText(page.body, page.contentType).text });
  return joinArticlePages(
    read({ url, now, body, contentType }),
    articlePages
      .filter((articlePage) => !isPdf(articlePage.body))
      .map((articlePage) => ({ ...articlePage, extraction: read(articlePage) })),
  );
}

function derived(
  { url, source, now, hints, boilerplate, rights }: ExtractTask,
  read: Extraction,
): Extracted {
  const { declared } = read.page;
  const usage = rights ?? { url, product: "", seenAt: now, headers: {} };
  const { reserved } =
    "signals" in usage
      ? bindingRights(usage.signals, source, now)
      : pageRights({ ...usage, ...(declared && { declared }) }, source);
  const whole = forAnalysis(read, reserved);
  const known = new Set(boilerplate);
  const extraction = dropBoilerplate(whole, known);
  const { title, text } = extraction.fields;
  const words = extraction.page.kind === "error" ? null : withdrawnWords(title, text);
  if (words) return { extraction, withdrawn: words, article: null };
  const { kind, paywall } = extraction.page;
  const isArticle = kind === "article" || paywall !== undefined;
  if (!isArticle || !title || !text) return { extraction, article: null };
  const { guid } = hints;
  const { classified, print, classifySeconds } = classifiedAs(source, extraction, { now, guid });
  const paragraphs = keyedParagraphs(whole.fields);
  const without = paragraphs.flatMap(({ key }) => (known.has(key) ? key : []));
  const stored = forStore(extraction, reserved);
  const { html } = stored.fields;
  return {
    extraction: stored,
    ...(html !== null && { mentions: articlesOnOtherSites(html, url) }),
    classifySeconds,
    article: { classified, fingerprint: print, paragraphs, without },
  };
}

function announced({ source, hints, text, seenAt: now, signals }: AnnouncedItem): Extracted {
  const { reserved } = bindingRights(signals, source, now);
  const read = readAnnounced({ hints, text, language: source.language, now });
  const extraction = forAnalysis(read, reserved);
  const { guid } = hints;
  const { classified, print } = classifiedAs(source, extraction, { now, guid, isAnnounced: true });
  return {
    extraction: forStore(extraction, reserved),
    article: { classified, fingerprint: print },
  };
}

function classifiedAs(
  source: SourceView,
  { fields }: Pick<Extraction, "fields">,
  of: { now: Date; guid?: string | undefined; isAnnounced?: boolean },
) {
  const { publishedAt } = fields;
  const title = fields.title ?? "";
  const text = fields.text ?? "";
  const began = performance.now();
  const classified = classify({ title, source, fields, topics, places: placeFinder() });
  const classifySeconds = (performance.now() - began) / 1000;
  const at = publishedAt && publishedAt < of.now ? publishedAt : of.now;
  const origin = { sourceId: source._id, trust: source.trust, language: classified.language };
  const { isAnnounced = false } = of;
  const guid = of.guid ? guidHash(source._id, of.guid) : null;
  const print = fingerprint({ ...origin, title: classified.title, text, at, guid, isAnnounced });
  return { classified, print, classifySeconds };
}

function discovered(task: DiscoverTask, text: string): Discovered {
  const { body, contentType, kind, page, url, source, now, trustsIds } = task;
  const limits = { links: LIMITS.sitemapUrls };
  const input = { kind, body, text, contentType, url, page, source, now, limits, trustsIds };
  const discovery = discover(input);
  const empty = kind === "listing" && discovery.links.length === 0;
  const appShell = empty && extract({ html: text, url, now }).page.kind === "app-shell";
  return { discovery, appShell };
}
