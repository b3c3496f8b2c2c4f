import { isDeepStrictEqual } from "node:util";
import { LIMITS } from "../../config/limits.ts";
import { decode } from "../../crawler/http/decode.ts";
import { leftOut, urlKey } from "../../crawler/links/url.ts";
import type { Cached } from "../../lib/async.ts";
import type { Article } from "../../model/articles/article.ts";
import type { ArticlePage, Extraction } from "../../model/articles/fields.ts";
import { isLost, lostText } from "../../model/crawl/capture.ts";
import type { Link } from "../../model/crawl/link.ts";
import { GiveUp, RetryLater } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { findBody, getBody } from "../../store/archive/bodies.ts";
import { getArticles, refreshArticles } from "../../store/articles/articles.ts";
import { getCapture, lastPage } from "../../store/crawl/captures.ts";
import { getLink, recordArticleOfLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import {
  bindingRights,
  type Extracted,
  type ExtractTask,
  judgePage,
  type StoredArticlePage,
  sourceView,
} from "../reading/parse-tasks.ts";
import type { Parser } from "../reading/parser.ts";
import { hashContent, sourceFieldsOf } from "../revisions/draft.ts";
import type { Commit } from "./commit.ts";
import { canChange, ownPagesOf, type ReadPage } from "./decide.ts";

const MAX_REJOIN_ATTEMPTS = 5;

/**
 * Extracts an article again from its stored responses; null if that fails or the article keeps
 * changing.
 */
export async function rejoin(
  deps: ReadAgainDeps & { commit: Pick<Commit, "storeArticles"> },
  articleId: string,
  source: SourceRecord,
): Promise<Article | null> {
  const { store } = deps;
  const current = async () => (await getArticles(store, [articleId])).get(articleId) ?? null;
  for (let tries = 0; tries < MAX_REJOIN_ATTEMPTS; tries++) {
    const before = await current();
    const page = before && (await readAgain(deps, before, source));
    if (!page || "left" in page) return null;
    await deps.commit.storeArticles([page]);
    const after = await current();
    const { article, extraction } = page.reading.extracted;
    const hash = hashContent(article.classified.title, extraction.fields.text ?? "");
    // The article differs if another of its pages was stored in the meantime.
    if (!after || after.captureId !== page.capture._id || after.contentHash !== hash) continue;
    const text = extraction.evidence.text;
    await recordArticleOfLinks(store, ownPagesOf(text).map(urlKey), articleId);
    if (!text || isDeepStrictEqual(after.evidence.text?.articlePages, text.articlePages))
      return after;
    // Readers see no difference: only the evidence of the article's pages changes.
    const { pending: _, pendingAt: __, ...rest } = after;
    const refreshed = { ...rest, evidence: { ...after.evidence, text } };
    await refreshArticles(store, [refreshed]);
    return { ...after, ...refreshed };
  }
  return null;
}

/** A further page's number, and the link (`linkId`) of the first page of the same article. */
export interface ArticlePageOf {
  linkId: string;
  number: number;
  /**
   * URL of the article's first page; null if `articlePageOf` of the further page's link is already
   * set.
   */
  url: string | null;
}

/**
 * If a link leads to a further page of an article, returns the article and the page's number;
 * otherwise, returns null.
 */
export function articlePageIn(
  { link, source }: { link: Link; source: SourceRecord },
  { page: { articlePages } }: Extraction,
): ArticlePageOf | null {
  if (link.articlePageOf) return { ...link.articlePageOf, url: null };
  const first =
    articlePages && articlePages.number > 1
      ? articlePages.others.find((it) => it.number === 1)
      : null;
  // An article never changes its id.
  if (!articlePages || !first || link.articleId === link._id || leftOut(first.url, source))
    return null;
  const linkId = urlKey(first.url);
  return linkId === link._id ? null : { linkId, number: articlePages.number, url: first.url };
}

/** The result for an article that stays unchanged; `left` says why. */
export interface LeftUnchanged {
  left: string;
}

export interface ReadAgainDeps {
  store: Store;
  parser: Parser;
  /** Keys of the paragraphs that each source repeats in many articles, by source id. */
  boilerplate: Cached<string[]>;
}

/** Extracts an article again without the network, or returns why it stays unchanged. */
export async function readAgain(
  deps: ReadAgainDeps,
  article: Article,
  source: SourceRecord,
): Promise<ReadPage | LeftUnchanged> {
  if (article.completeness === "announced") return { left: "its page hasn't been fetched yet" };
  const capture = await getCapture(deps.store, article.captureId);
  if (!capture) return { left: "its response is no longer stored" };
  if (!capture.bodyId)
    return { left: `its response isn't stored (${capture.withheld ?? "empty"})` };
  const [body, link, boilerplate] = await Promise.all([
    findBody(deps.store, capture.bodyId),
    getLink(deps.store, capture.linkId),
    deps.boilerplate.get(source._id),
  ]);
  if (!body) return { left: "its response is no longer stored" };
  if (isLost(body)) return { left: `its response isn't available: ${lostText(body)}` };
  if (!link) return { left: "its link no longer exists" };
  const signals = capture.rights ?? [];
  const { binding, reserved } = bindingRights(signals, source, capture.fetchedAt);
  const extracted = await readWhole(deps, {
    body: (await decode(body.bytes, body.encoding, LIMITS.decodedBytes)).bytes,
    contentType: capture.headers["content-type"] ?? null,
    url: capture.finalUrl,
    source: sourceView(source),
    hints: link.hints,
    boilerplate,
    rights: { signals },
    // Relative dates, and the limit for future dates, refer to the time of the fetch.
    now: capture.fetchedAt,
  }).catch(unread);
  if ("left" in extracted) return extracted;
  const lost = lostArticlePage(article, extracted.extraction);
  if (lost !== null) return { left: `the response of its page ${lost} is no longer stored` };
  if (extracted.withdrawn)
    return { left: "by the current rules, its page says that it was withdrawn" };
  const { lane } = capture;
  const { render } = source;
  const verdict = judgePage(extracted, reserved, { lane, render, mayFill: false, isKnown: true });
  if (verdict.kind === "needs-browser")
    return { left: "by the current rules, its page needs the browser" };
  if (verdict.kind === "skipped") {
    const { skipped, detail } = verdict.why;
    return {
      left: `by the current rules, its page has no article (${skipped}${detail ? `: ${detail}` : ""})`,
    };
  }
  const { article: read, extraction } = verdict;
  const origin = { ...sourceFieldsOf(source), capture, rights: binding, reserved };
  const reading = { extracted: { article: read, extraction }, ...origin };
  if (!canChange(link, article, reading)) return { left: "its response isn't from its main URL" };
  return { link, capture, reading };
}

/**
 * Extracts an article from its page and from the stored responses of the article's further pages.
 */
export async function readWhole(
  { store, parser }: Pick<ReadAgainDeps, "store" | "parser">,
  task: ExtractTask,
): Promise<Extracted> {
  const articlePages: StoredArticlePage[] = [];
  const requested = new Set<string>();
  for (;;) {
    const whole = await parser.extract({
      ...task,
      ...(articlePages.length > 0 && { articlePages }),
    });
    const { articlePages: pages } = whole.extraction.page;
    // A page just read can name further pages.
    const open = (pages?.number === 1 ? pages.others : []).filter(({ url }) => !requested.has(url));
    for (const { url } of open) requested.add(url);
    const found = await Promise.all(
      open.map((articlePage) => storedArticlePage(store, articlePage)),
    );
    const more = found.flatMap((articlePage) => articlePage ?? []);
    if (more.length === 0) return whole;
    articlePages.push(...more);
  }
}

async function storedArticlePage(
  store: Store,
  articlePage: ArticlePage,
): Promise<StoredArticlePage | null> {
  const capture = await lastPage(store, urlKey(articlePage.url));
  const body = capture?.bodyId ? await getBody(store, capture.bodyId) : null;
  if (!capture || !body) return null;
  return {
    ...articlePage,
    captureId: capture._id,
    body: (await decode(body.bytes, body.encoding, LIMITS.decodedBytes)).bytes,
    contentType: capture.headers["content-type"] ?? null,
    now: capture.fetchedAt,
  };
}

function lostArticlePage(article: Pick<Article, "evidence">, now: Extraction): number | null {
  const before = article.evidence.text?.articlePages ?? [];
  const joined = before.filter(({ state }) => state === "joined").map(({ number }) => number);
  const lost = now.evidence.text?.articlePages?.find(
    ({ number, state }) => state === "not read" && joined.includes(number),
  );
  return lost?.number ?? null;
}

function unread(error: unknown): LeftUnchanged {
  if (error instanceof RetryLater) return { left: "parsing its response took too long" };
  if (error instanceof GiveUp) return { left: "its response can't be parsed" };
  throw error;
}
