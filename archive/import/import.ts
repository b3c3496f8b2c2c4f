import pLimit from "p-limit";
import type { CommitEntry, CommitOptions } from "../../articles/ingest/commit.ts";
import { decodeText } from "../../crawler/http/decode.ts";
import type { Received } from "../../crawler/http/response.ts";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { leftOut, offSite, urlKey } from "../../crawler/links/url.ts";
import { combinedRights, type HostRights, hostRights } from "../../crawler/rights/page-signals.ts";
import { refusalBy, robotsCopy, TDM_PATH, tdmCopy } from "../../crawler/robots/robots.ts";
import { type Cached, setBounded } from "../../lib/async.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Host, RobotsCopy, TdmCopy } from "../../model/crawl/host.ts";
import { GiveUp, type Skipped } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { getBody } from "../../store/archive/bodies.ts";
import { captureAt, getCapture } from "../../store/crawl/captures.ts";
import { getLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { wireOf } from "../captures.ts";
import {
  commitImported,
  count,
  emptyReport,
  type ImportReport,
  noteBroken,
  noteHost,
} from "./commit.ts";
import {
  type ArchivedResponse,
  type Filed,
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
