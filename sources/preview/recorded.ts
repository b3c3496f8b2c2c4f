import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { holding, reservationsOf, withholds } from "../../articles/reading/verdict.ts";
import { robotsCopy } from "../../crawler/robots/policy.ts";
import type { Visited, Visitor } from "../../crawler/visit.ts";
import type { SkipReason } from "../../model/crawl/skipped.ts";
import type { PreviewPage } from "../../model/sources/preview.ts";
import type { Source } from "../../model/sources/source.ts";

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Bytes of one kept body after compression, and of all; a document of the store holds 16 MB. */
const LARGEST = 2_000_000;
const ALL = 10_000_000;

/** Why a page whose publisher reserves it can't be read again. */
export const WITHHELD = "its body isn't kept, since the publisher reserves it";

/** A visitor that keeps what came, and the pages kept so far. */
export function recording(
  visitor: Visitor,
  product: string,
  source: Pick<Source, "rights">,
): { visitor: Visitor; pages: PreviewPage[] } {
  const pages: PreviewPage[] = [];
  let kept = 0;
  return {
    pages,
    visitor: {
      ...visitor,
      async visit(url, kind, asking) {
        const answer = await visitor.visit(url, kind, asking);
        const came =
          "received" in answer
            ? { ...answer, byHost: await visitor.isReserved(answer.received.url, asking) }
            : answer;
        const page = await toPage(
          { url, kind },
          came,
          (stated) => holding(stated, source),
          product,
        );
        const size = page.body?.length ?? 0;
        const fits = size <= LARGEST && kept + size <= ALL;
        kept += fits ? size : 0;
        pages.push(fits ? page : { ...page, body: null });
        return came;
      },
    },
  };
}

async function toPage(
  { url, kind }: Pick<PreviewPage, "url" | "kind">,
  came: Visited,
  held: (stated: string[]) => string[],
  product: string,
): Promise<PreviewPage> {
  const nothing = { url, kind, finalUrl: null, status: null, headers: {}, body: null };
  if ("refused" in came) {
    const { skipped, detail = null } = came.refused;
    return { ...nothing, why: { skipped, detail } };
  }
  if ("failed" in came) return { ...nothing, why: came.failed };
  const { received, byHost } = came;
  const withheld = withholds(held(reservationsOf(received, [], product, byHost)));
  const type = received.headers["content-type"];
  return {
    url,
    kind,
    finalUrl: received.url,
    status: received.status,
    headers: type === undefined ? {} : { "content-type": type },
    body: withheld ? null : await pack(received.decoded),
    ...(withheld && { withheld }),
    why: null,
  };
}

/** A visitor that answers out of kept pages alone; what isn't among them can't be had. */
export function replaying(pages: readonly PreviewPage[], at: Date): Visitor {
  const known = new Map(pages.map((page) => [`${page.kind} ${page.url}`, page]));
  return {
    requests: () => 0,
    robots: () => Promise.resolve(robotsCopy({ status: 404, text: "" }, null, at)),
    // What was reserved isn't among the kept pages.
    isReserved: () => Promise.resolve(false),
    async visit(url, kind): Promise<Visited> {
      const page = known.get(`${kind} ${url}`);
      if (!page) return { hops: [], failed: { cause: "unknown", detail: "not in the fixture" } };
      const { why, body, finalUrl, status, headers, withheld } = page;
      if (why && "skipped" in why) {
        return { hops: [], refused: { skipped: why.skipped as SkipReason, detail: why.detail } };
      }
      if (why) return { hops: [], failed: why };
      const detail = withheld ? WITHHELD : "its body isn't kept";
      if (!body) return { hops: [], failed: { cause: "unknown", detail } };
      const decoded = new Uint8Array(await unpack(body));
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
