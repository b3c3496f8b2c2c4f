import type { CommitEntry } from "../../articles/ingest/commit.ts";
import { newLink } from "../../articles/ingest/links.ts";
import {
  type ArticlePageOf,
  articlePageIn,
  type ReadAgainDeps,
  readWhole,
} from "../../articles/ingest/reread.ts";
import {
  isConsented,
  judgePage,
  type PageRights,
  pageOf,
  pageRights,
  withholds,
} from "../../articles/reading/parse-tasks.ts";
import { type Reading, sourceFieldsOf } from "../../articles/revisions/draft.ts";
import { LIMITS } from "../../config/limits.ts";
import { toCapture } from "../../crawler/http/capture.ts";
import { codingOf, decode } from "../../crawler/http/decode.ts";
import { disposition, isRedirect, type Received, targetOf } from "../../crawler/http/response.ts";
import { urlKey } from "../../crawler/links/url.ts";
import {
  type HostRights,
  type PageSources,
  rightsHeaders,
} from "../../crawler/rights/page-signals.ts";
import { type Capture, hostFileKey, isHostFile } from "../../model/crawl/capture.ts";
import type { Link } from "../../model/crawl/link.ts";
import { GiveUp, isSkipped, RetryLater } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { type DeclaredUse, namedSignals, type UsageSignal } from "../../model/usage-rights.ts";

export interface ReadDeps extends ReadAgainDeps {
  random(): number;
  product: string;
}

export interface ImportEntry extends CommitEntry {
  source: SourceRecord;
  /**
   * If the response is the second or a later page of an article: that article and the page's
   * number. Otherwise null.
   */
  articlePage: ArticlePageOf | null;
}

export interface Filed {
  response: ArchivedResponse;
  received: Received;
  source: SourceRecord;
  kind: Capture["kind"];
  /** The reservations that robots.txt and the other files of the response's host declare. */
  host: HostRights;
  link: Link | null;
}

/** The article on a page, or why there is none: `reason` and `detail`, missing if unknown. */
interface PageResult {
  declared?: DeclaredUse | undefined;
  found?: Omit<Reading, "capture" | "rights" | "reserved">;
  articlePage?: ArticlePageOf | null;
  reason?: Capture["reason"];
  detail?: string | null | undefined;
}

export async function readResponse(deps: ReadDeps, filed: Filed): Promise<ImportEntry> {
  const { response, received, source, kind } = filed;
  const { metadata, fetchedAt: now } = response;
  const [url, hops] = [metadata?.url ?? received.url, metadata?.hops ?? []];
  const lane = metadata?.lane ?? (response.rendered ? "browser" : "http");
  const isFile = isHostFile(kind);
  const id = isFile ? hostFileKey(kind, url) : urlKey(url);
  const of = { id, source, lane, runId: "", parentId: null, now };
  const found = { url, kind: isFile ? ("article" as const) : kind, page: 1, hints: {} };
  const link = filed.link ?? newLink(found, of);
  const page: PageResult = kind === "article" ? await readPage(deps, filed, link) : {};
  const rights = rightsOf(deps, filed, page.declared);
  const stated = page.found ? null : metadata;
  const { capture, body } = await toCapture(received, {
    linkId: link._id,
    sourceId: isFile ? "" : source._id,
    sourceVersion: isFile ? 0 : source.version,
    runId: null,
    kind,
    lane,
    hops,
    reason: page.reason ?? stated?.reason ?? null,
    detail: page.detail ?? stated?.detail ?? null,
    ...(rights.signals.length > 0 && { rights: rights.signals }),
    reservations: rights.reservations,
    withheld: metadata?.withheld ?? withholds(rights.reserved),
    consent: isConsented(rights) ? (source.rights.consent?.reason ?? null) : null,
    robotsOverride: source.ignoreRobots?.reason ?? null,
  });
  const { binding, reserved } = rights;
  const reading = page.found ? { ...page.found, rights: binding, reserved, capture } : null;
  const { articlePage = null } = page;
  return { capture, body, link, token: "", reading, source, articlePage, linkSet: {} };
}

async function readPage(deps: ReadDeps, filed: Filed, link: Link): Promise<PageResult> {
  const { response, received, source } = filed;
  if (received.status === 304 || received.wire.length === 0) return {};
  const hops = response.metadata?.hops ?? [];
  const circumstances = { kind: "article", attempts: 1, hops, random: deps.random() } as const;
  const outcome = disposition(received, { ...circumstances, now: response.fetchedAt });
  if (outcome instanceof GiveUp || outcome instanceof RetryLater) {
    return { reason: outcome.reason, detail: outcome.message };
  }
  if (isSkipped(outcome)) return { reason: outcome.skipped, detail: outcome.detail };
  if (outcome.kind !== "ok") return {};
  const extracted = await readWhole(deps, {
    ...pageOf(source, received, response.fetchedAt),
    hints: link.hints,
    boilerplate: await deps.boilerplate.get(source._id),
    rights: rightsSources(deps, filed),
  }).catch((error: unknown) => {
    if (error instanceof GiveUp || error instanceof RetryLater) return error;
    throw error;
  });
  if (extracted instanceof Error) return { reason: extracted.reason, detail: extracted.message };
  const { declared } = extracted.extraction.page;
  if (extracted.withdrawn)
    return { declared, reason: "withdrawn", detail: `"${extracted.withdrawn}"` };
  const { reserved } = rightsOf(deps, filed, declared);
  const lane = response.rendered ? "browser" : "http";
  const verdict = judgePage(extracted, reserved, {
    lane,
    render: source.render,
    mayFill: false,
    isKnown: link.articleId !== null && !link.articlePageOf,
  });
  if (verdict.kind === "needs-browser") {
    const detail = "a script fills the page, so only a browser can read the page";
    return { declared, reason: "not-article", detail };
  }
  if (verdict.kind === "skipped")
    return { declared, reason: verdict.why.skipped, detail: verdict.why.detail };
  const { article, extraction } = verdict;
  const found = { extracted: { article, extraction }, ...sourceFieldsOf(source) };
  return { declared, found, articlePage: articlePageIn({ link, source }, extraction) };
}

function rightsSources({ product }: Pick<ReadDeps, "product">, filed: Filed): PageSources {
  const { response, received, host } = filed;
  const { url, startedAt: seenAt } = received;
  const { rights, reservations = [] } = response.metadata ?? {};
  const known = rights ?? namedSignals(reservations, { url, seenAt });
  return { url, product, seenAt, headers: rightsHeaders(received.headers), host, known };
}

function rightsOf(deps: ReadDeps, filed: Filed, declared: DeclaredUse | undefined): PageRights {
  return pageRights({ ...rightsSources(deps, filed), declared }, filed.source);
}

/** Metadata of a capture. Only our own archives contain it. */
export type CaptureMetadata = Pick<Capture, "kind" | "lane" | "url" | "hops" | "reservations"> & {
  rights?: UsageSignal[] | undefined;
} & Partial<Pick<Capture, "ms" | "reason" | "detail" | "withheld">>;

export interface ArchivedResponse {
  offset: number;
  url: string;
  fetchedAt: Date;
  status: number;
  /** The headers by lower-case name. The values of a repeated header are joined by newlines. */
  headers: Record<string, string>;
  requestHeaders: Record<string, string>;
  address: string | null;
  /** The body in its content coding; null if `repeats` is set, or the body was withheld or lost. */
  payload: Uint8Array | null;
  truncated: boolean;
  /** Digest in the archive, such as `sha1:...`, to which later records refer; null if none. */
  digest: string | null;
  /** The earlier response with the same payload; null if this record has its own payload. */
  repeats: { url: string; at: Date } | null;
  rendered: boolean;
  metadata: CaptureMetadata | null;
}

/** Returns a response as if just received. Throws `GiveUp` if its coding can't be undone. */
export async function toReceived(response: ArchivedResponse): Promise<Received> {
  const { url, status, requestHeaders, address, fetchedAt, payload, metadata } = response;
  const whole = payload ?? new Uint8Array();
  const cut = whole.length > LIMITS.wireBytes;
  const wire = cut ? whole.subarray(0, LIMITS.wireBytes) : whole;
  const { encoding, headers } = codingIn(response.headers, wire);
  const decoded = await decode(wire, encoding, LIMITS.decodedBytes).catch(() => null);
  if (!decoded) throw new GiveUp("bad-response", `${encoding} is broken`);
  const ms = metadata?.ms ?? 0;
  return {
    url,
    status,
    headers,
    requestHeaders,
    location: isRedirect(status) ? targetOf(headers["location"], url) : null,
    address,
    startedAt: fetchedAt,
    endedAt: new Date(),
    ms,
    wire,
    encoding,
    decoded: decoded.bytes,
    truncated: response.truncated || cut || decoded.truncated,
  };
}

function codingIn(headers: Record<string, string>, wire: Uint8Array) {
  const encoding = codingOf(headers["content-encoding"], wire);
  if (encoding === "unknown")
    throw new GiveUp("bad-response", `content-encoding ${headers["content-encoding"]}`);
  // Archives such as Common Crawl's undo the coding but keep its header.
  if (encoding !== "br" && encoding !== "zstd" && encoding !== "deflate")
    return { encoding, headers };
  const start = Buffer.from(wire.subarray(0, 200)).toString("latin1").trimStart();
  if (!/^(?:\u00ef\u00bb\u00bf)?<(?:!doctype|html|\?xml|head|!--)/i.test(start))
    return { encoding, headers };
  const { "content-encoding": _, ...rest } = headers;
  return { encoding: null, headers: rest };
}
