import pLimit from "p-limit";
import {
  type CommitEntry,
  type CommitOptions,
  commitArticles,
  createCommit,
  skipBuried,
} from "../../articles/ingest/commit.ts";
import { learnRepeated, type ReadPage } from "../../articles/ingest/decide.ts";
import { rejoin } from "../../articles/ingest/reread.ts";
import { decodeText } from "../../crawler/http/decode.ts";
import type { Received } from "../../crawler/http/response.ts";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { leftOut, offSite, urlKey } from "../../crawler/links/url.ts";
import { combinedRights, type HostRights, hostRights } from "../../crawler/rights/page-signals.ts";
import { refusalBy, robotsCopy, TDM_PATH, tdmCopy } from "../../crawler/robots/robots.ts";
import { type Cached, setBounded } from "../../lib/async.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Host, RobotsCopy, TdmCopy } from "../../model/crawl/host.ts";
import type { Link } from "../../model/crawl/link.ts";
import { type Cause, GiveUp, type Skipped, type SkipReason } from "../../model/crawl/outcome.ts";
import { COVERAGE_DAYS } from "../../model/sources/coverage.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { getBody } from "../../store/archive/bodies.ts";
import { articlesOfKeys, tombstonesOf } from "../../store/articles/articles.ts";
import { addCaptures, captureAt, getCapture, knownCaptures } from "../../store/crawl/captures.ts";
import { addLinks, getLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { wireOf } from "../captures.ts";
import {
  type ArchivedResponse,
  type Filed,
  type ImportEntry,
  type ReadDeps,
  readResponse,
  toReceived,
} from "./read.ts";

export interface ImportDeps extends ReadDeps {
  hosts: Cached<Host | null>;
  options: CommitOptions;
}

export type Found = ArchivedResponse | { offset: number; broken: string };

const BATCH_LIMITS = { responses: 50, bytes: 16_000_000 };
const READ_CONCURRENCY = 8;

/**
 * Imports archives without the network, and yields the report after each batch. Skips what is
 * already stored, so an import can be repeated.
 */
export async function* importArchive(
  deps: ImportDeps,
  files: AsyncIterable<{ file: string; found: Found }>,
  { sources, onlySource }: { sources: readonly SourceRecord[]; onlySource: SourceRecord | null },
): AsyncGenerator<ImportReport> {
  const report = emptyReport();
  const rules = createImportRules(sources, { onlySource, product: deps.product });
  const payloads = createPayloads(deps.store);
  let batch: Unlinked[] = [];
  let bytes = 0;
  for await (const { file, found } of files) {
    if ("broken" in found) {
      noteBroken(report, { file, offset: found.offset, why: found.broken });
      continue;
    }
    report.responses++;
    const filed = await fileUnder(found);
    if (!filed) continue;
    batch.push(filed);
    bytes += filed.received.decoded.length + filed.received.wire.length;
    if (batch.length < BATCH_LIMITS.responses && bytes < BATCH_LIMITS.bytes) continue;
    await store(batch);
    [batch, bytes] = [[], 0];
    yield report;
  }
  await store(batch);
  yield report;

  async function fileUnder(found: ArchivedResponse): Promise<Unlinked | null> {
    const source = rules.sourceOf(found.url);
    if (!source) {
      count(report.left, "no-source");
      noteHost(report, new URL(found.url).host);
      return null;
    }
    const kind = kindOf(found, rules.kindOf(found.url, source));
    const host = await deps.hosts.get(new URL(found.url).host);
    const refused = kind === "article" ? rules.refusal(found.url, source, host) : null;
    if (refused) {
      count(report.left, refused.skipped);
      return null;
    }
    const response = await payloads.resolve(found);
    if (found.repeats && found.payload === null) {
      const known = response.payload !== null || response.status === 304;
      report.revisits[known ? "resolved" : "unresolved"]++;
      if (!known) return null;
    }
    const received = await toReceived(response).catch((error: unknown) => {
      if (error instanceof GiveUp) return null;
      throw error;
    });
    if (!received) {
      count(report.without, "bad-response");
      return null;
    }
    if (kind === "robots" || kind === "tdmrep") rules.remember(received);
    return { response, received, source, kind, host: rules.rightsOf(found.url, host) };
  }

  async function store(filed: Unlinked[]): Promise<void> {
    for (const round of splitByUrl(filed)) {
      const links = await getLinks(deps.store, round.map(keyOf));
      const entries = await pLimit(READ_CONCURRENCY).map(round, (one) =>
        readResponse(deps, { ...one, link: links.get(keyOf(one)) ?? null }),
      );
      await commitImported(deps, entries, report);
      payloads.stored(
        round.map(({ response }) => response),
        entries,
      );
    }
  }
}

function kindOf({ metadata }: ArchivedResponse, byUrl: Filed["kind"]): Filed["kind"] {
  const isFile = [metadata?.kind, byUrl].some((kind) => kind === "robots" || kind === "tdmrep");
  return isFile ? byUrl : (metadata?.kind ?? byUrl);
}

type Unlinked = Omit<Filed, "link">;

function keyOf({ response: { metadata, url } }: Unlinked): string {
  return urlKey(metadata?.url ?? url);
}

/** Returns batches without repeated URLs, as `commitImported` requires. */
function splitByUrl(filed: readonly Unlinked[]): Unlinked[][] {
  const made: Unlinked[][] = [];
  const turns = new Map<string, number>();
  for (const one of filed) {
    const turn = turns.get(keyOf(one)) ?? 0;
    turns.set(keyOf(one), turn + 1);
    (made[turn] ??= []).push(one);
  }
  return made;
}

const MAX_REMEMBERED = 200_000;

function createPayloads(store: Store) {
  const pending = new Map<string, ArchivedResponse>();
  const captures = new Map<string, string>();

  async function find({ digest, repeats }: ArchivedResponse) {
    const open = digest === null ? undefined : pending.get(digest);
    if (open) return open;
    const id = digest === null ? undefined : captures.get(digest);
    if (id !== undefined) return payloadOf(await getCapture(store, id));
    return repeats && payloadOf(await captureAt(store, urlKey(repeats.url), repeats.at));
  }

  async function payloadOf(capture: Capture | null) {
    const body = capture?.bodyId ? await getBody(store, capture.bodyId) : null;
    return capture && body && { headers: capture.headers, payload: await wireOf(capture, body) };
  }

  return {
    async resolve(response: ArchivedResponse): Promise<ArchivedResponse> {
      const { payload, digest, repeats, headers } = response;
      if (payload !== null) {
        if (digest !== null) pending.set(digest, response);
        return response;
      }
      const earlier = repeats && response.status !== 304 ? await find(response) : null;
      return earlier
        ? { ...response, payload: earlier.payload, headers: withCoding(headers, earlier.headers) }
        : response;
    },
    /** Call this after a batch is stored. It replaces payloads in memory with ids of captures. */
    stored(responses: readonly ArchivedResponse[], entries: readonly CommitEntry[]) {
      for (const [index, { digest }] of responses.entries()) {
        const capture = entries[index]?.capture;
        if (digest === null || !capture?.bodyId) continue;
        setBounded(captures, digest, capture._id, MAX_REMEMBERED);
      }
      pending.clear();
    },
  };
}

/**
 * Merges headers. Those in `own` take precedence, but `content-encoding` comes only from `earlier`,
 * the response that has the payload.
 */
function withCoding(own: ArchivedResponse["headers"], earlier: ArchivedResponse["headers"]) {
  const { "content-encoding": coding } = earlier;
  const { "content-encoding": _, ...rest } = { ...earlier, ...own };
  return coding === undefined ? rest : { ...rest, "content-encoding": coding };
}

const MAX_HOSTS = 10_000;

/** Assigns URLs to sources, and determines what the hosts of the URLs allow. */
function createImportRules(
  sources: readonly SourceRecord[],
  { onlySource, product }: { onlySource: SourceRecord | null; product: string },
) {
  const bySite = new Map<string, SourceRecord[]>();
  const files = new Map<string, { robots?: RobotsCopy; tdm?: TdmCopy }>();
  const entries = new Map<string, Map<string, Capture["kind"]>>();

  return {
    sourceOf(url: string): SourceRecord | null {
      if (onlySource) return onlySource;
      const { origin } = new URL(url);
      const known = bySite.get(origin) ?? sources.filter((source) => !offSite(url, source));
      setBounded(bySite, origin, known, MAX_HOSTS);
      return known.find((source) => !leftOut(url, source)) ?? known[0] ?? null;
    },
    kindOf(url: string, source: SourceRecord): Capture["kind"] {
      const { pathname } = new URL(url);
      if (pathname === "/robots.txt") return "robots";
      if (pathname === TDM_PATH) return "tdmrep";
      const known =
        entries.get(source._id) ??
        new Map(entryPoints(source).map((one) => [urlKey(one.url), one.kind]));
      entries.set(source._id, known);
      return known.get(urlKey(url)) ?? "article";
    },
    refusal(url: string, source: SourceRecord, host: Host | null): Skipped | null {
      const { host: name, hostname } = new URL(url);
      const scope = onlySource
        ? { ...source, allowHosts: [...source.allowHosts, hostname] }
        : source;
      const out = leftOut(url, scope);
      if (out) return { skipped: out.reason, detail: out.detail };
      if (source.ignoreRobots) return null;
      for (const copy of [host?.robots, files.get(name)?.robots]) {
        const refused = copy ? refusalBy(copy, product, url) : null;
        if (refused?.skipped === "robots") return refused;
      }
      return null;
    },
    /** Returns the rights that a host's files declare, as stored here and as found in the archive. */
    rightsOf(url: string, host: Host | null): HostRights {
      const fromFiles = files.get(new URL(url).host) ?? {};
      return combinedRights(
        hostRights(host ?? {}, product, url),
        hostRights(fromFiles, product, url),
      );
    },
    /** Records a host's robots.txt or tdmrep.json found in the archive. */
    remember(received: Received) {
      const { host, pathname } = new URL(received.url);
      const { status, decoded, headers, startedAt } = received;
      const answer = { status, text: decodeText(decoded, headers["content-type"]).text };
      const before = files.get(host) ?? {};
      const now =
        pathname === TDM_PATH
          ? { tdm: tdmCopy(answer, before.tdm ?? null, startedAt) }
          : { robots: robotsCopy(answer, before.robots ?? null, startedAt) };
      setBounded(files, host, { ...before, ...now }, MAX_HOSTS);
    },
  };
}

/**
 * Stores archived responses with their articles and links, except erased or purged content. `all`
 * must contain each link at most once.
 */
async function commitImported(
  deps: JoinDeps & { options: CommitOptions },
  all: ImportEntry[],
  report: ImportReport,
): Promise<void> {
  const { store, options } = deps;
  const entries = await skipBuried(store, all, options.now());
  await countBuried(store, all, new Set(entries), report);
  const captures = entries.map(({ capture }) => capture);
  const known = await knownCaptures(
    store,
    captures.map(({ _id }) => _id),
  );
  report.captures.known += known.size;
  report.captures.stored += entries.length - known.size;
  await addCaptures(
    store,
    captures,
    entries.flatMap(({ body }) => body ?? []),
  );
  const whole = pagesOf(entries.filter(({ articlePage }) => !articlePage));
  await commitPages(store, whole, options, report);
  const { articlePages, strangers } = await joinArticlePages(deps, entries);
  await commitPages(store, pagesOf(strangers), options, report);
  await addLinks(store, articlePages);
  report.articles.duplicate += articlePages.length;
  for (const { capture, reading } of entries) {
    if (!reading && capture.reason) count(report.without, capture.reason);
    if (capture.truncated) report.truncated++;
  }
}

const pagesOf = (entries: readonly ImportEntry[]): ReadPage[] =>
  entries.flatMap(({ link, capture, reading }) => (reading ? { link, capture, reading } : []));

async function commitPages(
  store: Store,
  pages: ReadPage[],
  options: CommitOptions,
  report: ImportReport,
): Promise<void> {
  if (pages.length === 0) return;
  const outcomes = await commitArticles(store, pages, options);
  await learnRepeated(store, pages, outcomes, options.now());
  const now = options.now();
  const links = pages.flatMap(({ link, capture, reading }) => {
    const outcome = outcomes.get(link._id);
    if (!outcome) return [];
    const { publishedAt } = reading.extracted.extraction.fields;
    return {
      ...importedLink(link, capture, outcome),
      ...coverageFieldsOf(outcome, publishedAt, now),
    };
  });
  for (const { outcome } of links) if (outcome) report.articles[outcome]++;
  await addLinks(store, links);
}

async function countBuried(
  store: Store,
  all: readonly ImportEntry[],
  stored: ReadonlySet<ImportEntry>,
  report: ImportReport,
): Promise<void> {
  const left = all.filter((entry) => !stored.has(entry)).map(({ link }) => link._id);
  if (left.length === 0) return;
  const tombstones = await tombstonesOf(store, left);
  for (const id of left) count(report.left, tombstones.get(id)?.kind ?? "erased");
}

type JoinDeps = ReadDeps & { options: CommitOptions };

/** Joins further pages with their articles; all responses must already be stored. */
async function joinArticlePages(
  deps: JoinDeps,
  entries: readonly ImportEntry[],
): Promise<{ articlePages: Link[]; strangers: ImportEntry[] }> {
  const { store, options } = deps;
  const commit = createCommit(store, options);
  const found = entries.flatMap((entry) => firstOf(entry) ?? []);
  const articleIds = await articlesOfKeys(store, [...new Set(found.map(({ linkId }) => linkId))]);
  const articles = new Map<string, Awaited<ReturnType<typeof rejoin>>>();
  for (const { linkId, source } of found) {
    const articleId = articleIds.get(linkId);
    if (articleId === undefined || articles.has(linkId)) continue;
    articles.set(linkId, await rejoin({ ...deps, commit }, articleId, source));
  }
  const [articlePages, strangers]: [Link[], ImportEntry[]] = [[], []];
  for (const entry of entries) {
    const { articlePage, capture, link } = entry;
    if (!articlePage) continue;
    const { linkId, number } = articlePage;
    const read = articles.get(linkId)?.evidence.text?.articlePages ?? [];
    const own = read.find(({ captureId }) => captureId === capture._id);
    if (own?.state === "other article") strangers.push(entry);
    else {
      const done = { articleId: articleIds.get(linkId) ?? null, outcome: "duplicate" } as const;
      articlePages.push({
        ...importedLink(link, capture, done),
        articlePageOf: { linkId, number },
      });
    }
  }
  return { articlePages, strangers };
}

function firstOf({ articlePage, link, reading, source }: ImportEntry) {
  if (articlePage) return { linkId: articlePage.linkId, source };
  const { text } = reading?.extracted.extraction.evidence ?? {};
  const isKnown = (text?.articlePages ?? []).some(({ captureId }) => captureId !== null);
  return isKnown ? { linkId: link._id, source } : null;
}

function coverageFieldsOf(
  { outcome }: Pick<Link, "outcome">,
  publishedAt: Date | null,
  now: Date,
): Pick<Link, "firstSeenAt" | "witness"> | null {
  const isNew = outcome === "new" || outcome === "copy";
  const isYoung = publishedAt && now.getTime() - publishedAt.getTime() < COVERAGE_DAYS * DAY_MS;
  if (!isNew || !isYoung) return null;
  return { firstSeenAt: now, witness: { name: "an imported archive", isCounted: false } };
}

function importedLink(
  link: Link,
  { _id: captureId, fetchedAt, hops, finalUrl }: Capture,
  { articleId, outcome }: Pick<Link, "articleId" | "outcome">,
): Link {
  const done = { state: "done", dueAt: null, doneAt: fetchedAt, nextFetchAt: null } as const;
  return { ...link, ...done, captureId, hops, url: finalUrl, articleId, outcome };
}

const MAX_LISTED_ITEMS = 20;

export interface ImportReport {
  /** Number of responses read, including skipped ones. */
  responses: number;
  /** `stored` counts the new captures, and `known` those that were already stored. */
  captures: { stored: number; known: number };
  /** Number of pages with an article, by outcome. */
  articles: Record<NonNullable<Link["outcome"]>, number>;
  /** Number of responses without an article, by reason. */
  without: Partial<Record<SkipReason | Cause, number>>;
  /** Number of responses that weren't stored, by reason. */
  left: Partial<Record<SkipReason | "no-source", number>>;
  /** Number of responses per host without a source. At most 10,000 hosts, 20 in a summary. */
  hosts: Record<string, number>;
  /** Number of responses that are incomplete in the archive or that we stored only in part. */
  truncated: number;
  /** Number of records that refer to an earlier payload, by whether that payload was found. */
  revisits: { resolved: number; unresolved: number };
  /** The number of unreadable places, and the first 20 of them. */
  broken: { count: number; places: { file: string; offset: number; why: string }[] };
}

function emptyReport(): ImportReport {
  return {
    responses: 0,
    captures: { stored: 0, known: 0 },
    articles: { new: 0, copy: 0, updated: 0, unchanged: 0, duplicate: 0 },
    without: {},
    left: {},
    hosts: {},
    truncated: 0,
    revisits: { resolved: 0, unresolved: 0 },
    broken: { count: 0, places: [] },
  };
}

function count<Name extends string>(counts: Partial<Record<Name, number>>, name: Name): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function noteBroken(
  report: ImportReport,
  place: { file: string; offset: number; why: string },
): void {
  report.broken.count++;
  if (report.broken.places.length < MAX_LISTED_ITEMS) report.broken.places.push(place);
}

function noteHost(report: ImportReport, host: string): void {
  if (host in report.hosts || Object.keys(report.hosts).length < MAX_HOSTS)
    count(report.hosts, host);
}

export function summarizeReport(report: ImportReport): ImportReport {
  const hosts = Object.entries(report.hosts).toSorted(([, a], [, b]) => b - a);
  return { ...report, hosts: Object.fromEntries(hosts.slice(0, MAX_LISTED_ITEMS)) };
}
