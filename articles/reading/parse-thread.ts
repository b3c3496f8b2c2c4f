import { workerData } from "piscina";
import { LIMITS } from "../../config/limits.ts";
import { decodeText } from "../../crawler/http/decode.ts";
import { discover } from "../../crawler/links/discover.ts";
import { articlesOnOtherSites, parsePage } from "../../crawler/links/hints.ts";
import { select as selectAll } from "../../crawler/links/selector.ts";
import { readSitePage } from "../../crawler/links/site/site-page.ts";
import { joinArticlePages } from "../../extractors/article-pages/find.ts";
import { dropBoilerplate, keyedParagraphs } from "../../extractors/boilerplate.ts";
import { highlight } from "../../extractors/dom/highlight.ts";
import { extract, readAnnounced } from "../../extractors/extract.ts";
import { prepare } from "../../extractors/language.ts";
import { extractPdf } from "../../extractors/pdf/pdf.ts";
import { marked, point } from "../../extractors/selectors/propose.ts";
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
  type ParseTasks,
  pageRights,
  type SourceView,
  type TaskName,
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

const limits = { links: LIMITS.sitemapUrls };

/** What a thread does, by task. The results can be copied to the calling thread. */
const WORK: {
  [Name in TaskName]: (
    task: ParseTask<Name>,
  ) => ReturnType<ParseTasks[Name]> | Promise<ReturnType<ParseTasks[Name]>>;
} = {
  extract: async (task) => withSignedOut(task, derived(task, await readFields(task))),
  announce: ({ items }) => items.map(announced),
  discover: (task) => withSignedOut(task, discovered(task)),
  sitePage: (task) => readSitePage({ ...task, text: textOf(task), limits }),
  point: (task) => point({ ...task, html: textOf(task) }),
  numberElements: (task) => marked(textOf(task)),
  highlight: (task) => highlight(textOf(task), task),
};

export default function parse({ task: name, ...task }: ParseTask & { task: TaskName }) {
  if (task.begun) Atomics.store(task.begun, 0, 1);
  return WORK[name](task as never);
}

function textOf({ body, contentType }: Pick<ExtractTask, "body" | "contentType">): string {
  return decodeText(body, contentType).text;
}

function withSignedOut<T extends Extracted | Discovered>(
  task: ExtractTask | DiscoverTask,
  read: T,
): T {
  const { source, body } = task;
  if (source.signedOut === undefined || isPdf(body)) return read;
  return { ...read, signedOut: selectAll(source.signedOut, parsePage(textOf(task))).length > 0 };
}

function readFields(task: ExtractTask): Extraction | Promise<Extraction> {
  const { url, now, source, hints, body, contentType, articlePages = [] } = task;
  const { select, language = null, hasLogin: hasPaid } = source;
  const known = { url, now, select, language, hints, hasPaid };
  if (isPdf(body)) return extractPdf({ ...known, bytes: body });
  const read = (page: Pick<ExtractTask, "body" | "contentType" | "url" | "now">) =>
    extract({ ...known, ...page, html: textOf(page) });
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

function discovered(task: DiscoverTask): Discovered {
  const { kind, url, now } = task;
  const text = textOf(task);
  const discovery = discover({ ...task, text, limits });
  const empty = kind === "listing" && discovery.links.length === 0;
  const appShell = empty && extract({ html: text, url, now }).page.kind === "app-shell";
  return { discovery, appShell };
}
