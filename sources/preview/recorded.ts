import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { pageRights, withholds } from "../../articles/reading/parse-tasks.ts";
import { robotsCopy } from "../../crawler/robots/robots.ts";
import type { Visited, Visitor } from "../../crawler/visit.ts";
import type { SkipReason } from "../../model/crawl/outcome.ts";
import type { PreviewPage } from "../../model/sources/preview.ts";
import type { Source } from "../../model/sources/source.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const MAX_BODY_BYTES = 2_000_000;
/** A MongoDB document holds at most 16 MB. */
const MAX_TOTAL_BYTES = 10_000_000;

export const UNSTORED = "the body isn't stored";
export const WITHHELD = `${UNSTORED}, because the publisher reserves the page`;

export interface Visitors {
  visitor: Visitor;
  render: Visitor | null;
}

/**
 * Returns visitors that also record each page in `pages`. A page is recorded without its body if
 * the body is too large, or if headers or the host's files reserve its storage. Call `reserve` if
 * the markup of an article reserves its storage, or with null if the markup can't be read: this
 * removes the recorded body.
 */
export function recording(
  { visitor, render }: Visitors,
  product: string,
  source: Pick<Source, "rights">,
): Visitors & {
  pages: PreviewPage[];
  reserve(url: string, reserved: readonly string[] | null): void;
} {
  const pages: PreviewPage[] = [];
  const sizeOf = ({ body }: PreviewPage) => body?.length ?? 0;
  const recorded = (one: Visitor, how: Pick<PreviewPage, "rendered">): Visitor => ({
    ...one,
    async visit(url, kind, forSource) {
      const answer = await one.visit(url, kind, forSource);
      const visited =
        "received" in answer
          ? { ...answer, host: await one.rights(answer.received.url, forSource) }
          : answer;
      const page = { ...(await toPage({ url, kind }, visited, source, product)), ...how };
      const before = pages.findIndex((other) => other.url === url && other.kind === kind);
      if (before >= 0) pages.splice(before, 1);
      const stored = pages.reduce((sum, other) => sum + sizeOf(other), 0);
      const fits = sizeOf(page) <= MAX_BODY_BYTES && stored + sizeOf(page) <= MAX_TOTAL_BYTES;
      pages.push(fits ? page : { ...page, body: null });
      return visited;
    },
  });
  return {
    pages,
    visitor: recorded(visitor, {}),
    render: render && recorded(render, { rendered: true }),
    reserve(url, reserved) {
      const withheld = reserved && withholds(reserved);
      const at = pages.findIndex((page) => page.kind === "article" && page.url === url);
      const page = pages[at];
      if (!page) return;
      if (withheld) pages[at] = { ...page, body: null, withheld };
      else if (!reserved) pages[at] = { ...page, body: null };
    },
  };
}

async function toPage(
  { url, kind }: Pick<PreviewPage, "url" | "kind">,
  visited: Visited,
  source: Pick<Source, "rights">,
  product: string,
): Promise<PreviewPage> {
  const nothing = { url, kind, finalUrl: null, status: null, headers: {}, body: null };
  if ("refused" in visited) {
    const { skipped, detail = null } = visited.refused;
    return { ...nothing, why: { skipped, detail } };
  }
  if ("failed" in visited) return { ...nothing, why: visited.failed };
  const { received, host } = visited;
  const { url: finalUrl, status, headers, startedAt: seenAt } = received;
  const { reserved } = pageRights({ url: finalUrl, product, seenAt, headers, host }, source);
  const withheld = withholds(reserved);
  const type = headers["content-type"];
  return {
    url,
    kind,
    finalUrl,
    status,
    headers: type === undefined ? {} : { "content-type": type },
    body: withheld ? null : await compress(received.decoded),
    ...(withheld && { withheld }),
    why: null,
  };
}

/** Returns a visitor that serves only stored pages; a visit to any other page fails. */
export function replaying(pages: readonly PreviewPage[], at: Date): Visitor {
  const known = new Map(pages.map((page) => [`${page.kind} ${page.url}`, page]));
  return {
    requests: () => 0,
    robots: () => Promise.resolve(robotsCopy({ status: 404, text: "" }, null, at)),
    // A host's rights aren't stored: a page whose storage they forbid has no stored body.
    rights: () => Promise.resolve({ robots: null, tdm: null, documents: [] }),
    async visit(url, kind): Promise<Visited> {
      const page = known.get(`${kind} ${url}`);
      if (!page) return { hops: [], failed: { cause: "unknown", detail: "not in the fixture" } };
      const { why, body, finalUrl, status, headers, withheld } = page;
      if (why && "skipped" in why) {
        return { hops: [], refused: { skipped: why.skipped as SkipReason, detail: why.detail } };
      }
      if (why) return { hops: [], failed: why };
      const detail = withheld ? WITHHELD : UNSTORED;
      if (!body) return { hops: [], failed: { cause: "unknown", detail } };
      const decoded = new Uint8Array(await decompress(body));
      return {
        hops: [],
        received: {
          url: finalUrl ?? url,
          status: status ?? 200,
          headers,
          requestHeaders: {},
          location: null,
          address: null,
          startedAt: at,
          endedAt: at,
          ms: 0,
          wire: decoded,
          encoding: null,
          decoded,
          truncated: false,
        },
      };
    },
  };
}
