import { leftOut, sameSite, urlKey } from "../crawler/links/url.ts";
import { refusalBy } from "../crawler/robots/robots.ts";
import { type Article, COMPLETENESS, type UnlistedReason } from "../model/articles/article.ts";
import { ARTICLE_PAGE_STATES } from "../model/articles/fields.ts";
import { breakerOf } from "../model/crawl/host.ts";
import type { Link } from "../model/crawl/link.ts";
import {
  CAUSES,
  type Cause,
  isSkipReason,
  SKIP_REASONS,
  traceIdOf,
} from "../model/crawl/outcome.ts";
import { pauseOf, type SourceRecord } from "../model/sources/source.ts";
import { articlesOfKeys, findArticle, tombstonesOf } from "../store/articles/articles.ts";
import { getHost } from "../store/crawl/hosts.ts";
import { getLink, knownLinkStates } from "../store/crawl/links.ts";
import { getSource, listSources } from "../store/sources/sources.ts";
import type { Store } from "../store/store.ts";
import { adviceOn } from "./advice.ts";

/** An explanation of why a URL is, or isn't, on the portal. */
export interface Why {
  url: string;
  /** Whether the portal lists the page as a separate article. */
  listed: boolean;
  answer: string;
  todo: string | null;
  facts: { name: string; value: string }[];
  articleId: string | null;
  sourceId: string | null;
}

type Explanation = Pick<Why, "answer" | "todo"> & { listed?: boolean };

export async function whyOf(
  { store, product, now }: { store: Store; product: string; now: () => Date },
  url: string,
): Promise<Why> {
  const nothing = { url, listed: false, facts: [], articleId: null, sourceId: null };
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    return {
      ...nothing,
      answer: "this isn't an http(s) URL",
      todo: "write the whole URL, with https://",
    };
  }
  const key = urlKey(url);
  const [link, aliases, stones] = await Promise.all([
    getLink(store, key),
    articlesOfKeys(store, [key]),
    tombstonesOf(store, [key]),
  ]);
  const stone = stones.get(key);
  if (stone) {
    const subject = {
      _id: key,
      foundUrl: url,
      sourceId: link?.sourceId ?? "",
      host: new URL(url).host,
      detail: null,
    };
    return {
      ...nothing,
      answer: SKIP_REASONS[stone.kind],
      todo: adviceOn(stone.kind, subject),
      facts: [{ name: "since", value: stone.at.toISOString() }],
    };
  }
  const articleId = aliases.get(key) ?? link?.articleId ?? null;
  const article = articleId === null ? null : await findArticle(store, articleId);
  const sourceId = article?.sourceId ?? link?.sourceId ?? null;
  const source = sourceId === null ? null : await getSource(store, sourceId);
  if (!article && link?.state === "done" && link.articlePageOf) {
    const first = await getLink(store, link.articlePageOf.linkId);
    const of = first && (await whyOf({ store, product, now }, first.foundUrl));
    const page = `page ${link.articlePageOf.number} of ${first?.foundUrl ?? "an unknown article"}`;
    return {
      ...nothing,
      ...of,
      url,
      answer: `this URL is ${page}${of ? `: ${of.answer}` : ""}`,
      todo: of?.todo ?? null,
    };
  }
  const explanation = article
    ? explainArticle(article, url, link)
    : link
      ? await explainLink({ store, product, now }, link, source)
      : explainUnknownUrl(url, await listSources(store), now());
  return {
    ...nothing,
    articleId,
    sourceId,
    ...explanation,
    facts: [
      ...factsOf(link, article, source),
      ...(article ? await describeArticlePages(store, article) : []),
    ],
  };
}

const TODO_UNLISTED: Record<UnlistedReason, string> = {
  "below relevance": "lower relevance.min of the source, or publish the article by hand",
  "waits for an editor": "newsgather article state ID --to published --reason WHY",
  reserved: "ask the publisher, and record their consent in rights.consent of the source",
  incomplete: "set publish: announced in the source, or publish the article by hand",
  embargo:
    "wait until the embargo ends, or run newsgather article times ID --embargo none --reason WHY",
  expired: "newsgather article times ID --expires none --reason WHY",
};

type StoredArticle = Omit<Article, "pending" | "pendingAt">;

export function explainArticle(
  article: StoredArticle,
  url: string,
  link: Link | null,
): Explanation {
  const { status, retraction, unlisted, duplicateOf, _id } = article;
  if (status === "retracted") {
    const words = retraction ? ` by ${retraction.cause}: ${retraction.because}` : "";
    return {
      answer: `the article was retracted${words}`,
      todo: `newsgather article reinstate ${_id} --reason WHY`,
    };
  }
  if (status === "unlisted") {
    const detail = unlisted ? `${unlisted.reason}, ${unlisted.detail}` : "no reason is stored";
    return {
      answer: `the article is stored, but not listed: ${detail}`,
      todo: TODO_UNLISTED[unlisted?.reason ?? "below relevance"],
    };
  }
  if (duplicateOf) {
    return {
      answer: `the article is a copy; readers see the first article, ${duplicateOf}`,
      todo: `open /article/${duplicateOf}, or run newsgather why with the URL of that article`,
    };
  }
  const other = urlKey(url) === urlKey(article.url) ? "" : `, as ${article.url}`;
  const { completeness, incompleteReason: reason = null } = article;
  const why = reason === null ? "" : `: ${isCause(reason) ? causeWords(reason) : wordsOf(reason)}`;
  const extent =
    completeness === "full"
      ? ""
      : `, ${completeness}${why || "; its page hasn't been fetched yet"}`;
  return {
    answer: `the article is on the portal${other}, since ${article.firstSeenAt.toISOString()}${extent}`,
    todo: reason === null || link === null ? null : adviceOn(reason, link),
    listed: true,
  };
}

async function explainLink(
  { store, product, now }: { store: Store; product: string; now: () => Date },
  link: Link,
  source: SourceRecord | null,
): Promise<Explanation> {
  const { state, reason, detail, kind, attempts, dueAt } = link;
  const because = detail ? ` (${detail})` : "";
  if (kind !== "article")
    return { answer: `this URL is an entry point of ${link.sourceId}, not an article`, todo: null };
  if (state === "dead-letter") {
    return {
      answer: `Newsgather gave up on this URL (attempts: ${attempts}): ${causeWords(reason)}${because}`,
      todo: adviceOn(isCause(reason) ? reason : "unknown", link),
    };
  }
  if (state === "skipped" && reason !== null) {
    const todo = isSkipReason(reason) ? adviceOn(reason, link) : null;
    return { answer: `${wordsOf(reason)}${because}`, todo };
  }
  if (state === "done")
    return {
      answer: "this URL was fetched, but no article was found on the page",
      todo: `newsgather try ${link.foundUrl}`,
    };
  const paused = source && whyPaused(source, now());
  if (paused) return paused;
  const host = await getHost(store, link.host);
  const breaker = host && breakerOf(host, now());
  if (breaker?.state === "open") {
    return {
      answer: `the host is paused until ${breaker.nextTry?.toISOString() ?? "the next try"}: ${breaker.cause ?? "it failed"}`,
      todo: `newsgather hosts ${link.host}`,
    };
  }
  const refused = host?.robots && refusalBy(host.robots, product, link.url);
  if (refused) {
    const todo = adviceOn(refused.skipped, link);
    return { answer: SKIP_REASONS[refused.skipped], todo };
  }
  const tried =
    attempts > 0 ? `; failed attempts: ${attempts} (${reason ?? "unknown"}${because})` : "";
  return {
    answer: `this URL waits to be fetched, due ${dueAt?.toISOString() ?? "now"}${tried}`,
    todo: null,
  };
}

function whyPaused(source: SourceRecord, now: Date): Explanation | null {
  const pause = pauseOf(source, now);
  if (!pause) return null;
  const { _id } = source;
  return {
    answer: `the source ${_id} is paused`,
    todo: pause.actor
      ? `newsgather sources resume ${_id} --reason WHY`
      : `remove "paused" from the file of the source ${_id}`,
  };
}

function explainUnknownUrl(url: string, sources: readonly SourceRecord[], now: Date): Explanation {
  const own = sources.filter((source) => leftOut(url, source) === null);
  const [nearest] =
    own.length > 0 ? own : sources.filter(({ home }) => home && sameSite(home, url));
  if (!nearest) {
    return {
      answer: "no source covers this site",
      todo: `newsgather discover ${new URL(url).origin}/`,
    };
  }
  const out = leftOut(url, nearest);
  if (out) {
    return {
      answer: `${nearest._id} excludes this URL: ${SKIP_REASONS[out.reason]} (${out.detail ?? ""})`,
      todo: `change include, exclude or allowHosts of ${nearest._id}`,
    };
  }
  if (!nearest.active)
    return {
      answer: `the source ${nearest._id} is retired`,
      todo: "put the file of the source back",
    };
  const paused = whyPaused(nearest, now);
  if (paused) return paused;
  const last = nearest.lastSuccessAt
    ? `last read ${nearest.lastSuccessAt.toISOString()}`
    : "never read yet";
  return {
    answer: `no entry point of ${nearest._id} listed this URL (${last})`,
    todo: `newsgather try ${url} shows the page; newsgather discover ${nearest.home ?? new URL(url).origin} finds other entry points`,
  };
}

function causeWords(reason: string | null): string {
  return isCause(reason) ? `${reason}: ${CAUSES[reason]}` : (reason ?? "unknown");
}

function isCause(reason: string | null): reason is Cause {
  return reason !== null && Object.hasOwn(CAUSES, reason);
}

function wordsOf(reason: string): string {
  return isSkipReason(reason) ? SKIP_REASONS[reason].replaceAll("`", "") : reason;
}

function factsOf(
  link: Link | null,
  article: StoredArticle | null,
  source: SourceRecord | null,
): Why["facts"] {
  const facts: [string, string | null | undefined][] = [
    ["article", article?._id],
    ["source", source && `${source._id}, version ${source.version}`],
    ["source's problem", source?.lastProblem],
    ["found", link && `${link.firstSeenAt.toISOString()} as ${link.foundUrl}`],
    ["link", link && [link.state, link.outcome, link.reason].filter(Boolean).join(", ")],
    ["run", link?.runId],
    ["trace", article?.traceId ?? (link && traceIdOf(link.runId))],
    ["redirects", link?.hops.map(({ location }) => location).join(" -> ") || null],
    ["last capture", link?.captureId],
    ["completeness", article && describeCompleteness(article)],
    ["title", article?.title],
    ["published", article?.publishedAt?.toISOString()],
    ["read by", article && `${article.extractor}, source version ${article.sourceVersion}`],
  ];
  return facts.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

function describeCompleteness({ completeness, incompleteReason }: StoredArticle): string {
  const why = incompleteReason ? `, ${incompleteReason}` : "";
  return `${completeness} (${COMPLETENESS[completeness]}${why})`;
}

async function describeArticlePages(
  store: Store,
  { evidence }: Pick<Article, "evidence">,
): Promise<Why["facts"]> {
  const articlePages = evidence.text?.articlePages ?? [];
  const keys = articlePages.map(({ url }) => urlKey(url));
  const links = await knownLinkStates(store, keys);
  return articlePages.map(({ number, url, state }) => {
    const link = state === "not read" ? links.get(urlKey(url)) : undefined;
    const why = [link?.state, link?.reason, link?.detail].filter(Boolean).join(", ");
    return {
      name: `page ${number}`,
      value: `${url}: ${ARTICLE_PAGE_STATES[state]}${why && ` (${why})`}`,
    };
  });
}
