import type { CommitEntry } from "../../articles/ingest/commit.ts";
import { wireOf } from "../../crawler/http/wire.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { Capture } from "../../model/capture.ts";
import { getBody } from "../../store/bodies.ts";
import { captureAt, getCapture } from "../../store/captures.ts";
import type { Store } from "../../store/store.ts";
import type { ArchivedResponse } from "./response.ts";

/** Payloads that later records may refer to by their digest. */
const REMEMBERED = 200_000;

/** What records refer to that hold no payload of their own. */
export interface Shelf {
  /** A response with the payload that it repeats, where that is to be found; others as they are. */
  resolve(response: ArchivedResponse): Promise<ArchivedResponse>;
  /** Says that a batch was stored: of its payloads the captures alone are remembered. */
  stored(responses: readonly ArchivedResponse[], entries: readonly CommitEntry[]): void;
}

/** Remembers the payloads of an archive by digest; looks for earlier ones in the store. */
export function createShelf(store: Store): Shelf {
  const pending = new Map<string, ArchivedResponse>();
  const captures = new Map<string, string>();

  async function find({ digest, repeats }: ArchivedResponse) {
    const open = digest === null ? undefined : pending.get(digest);
    if (open) return open;
    const id = digest === null ? undefined : captures.get(digest);
    if (id !== undefined) return kept(await getCapture(store, id));
    return repeats && kept(await captureAt(store, urlKey(repeats.url), repeats.at));
  }

  async function kept(capture: Capture | null) {
    const body = capture?.bodyId ? await getBody(store, capture.bodyId) : null;
    return capture && body && { headers: capture.headers, payload: await wireOf(capture, body) };
  }

  return {
    async resolve(response) {
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
    stored(responses, entries) {
      for (const [index, { digest }] of responses.entries()) {
        const capture = entries[index]?.capture;
        if (digest === null || !capture?.bodyId) continue;
        captures.set(digest, capture._id);
        const [oldest] = captures.keys();
        if (captures.size > REMEMBERED && oldest !== undefined) captures.delete(oldest);
      }
      pending.clear();
    },
  };
}

/** The same bytes are in the same coding, whatever the later record says. */
function withCoding(own: ArchivedResponse["headers"], earlier: ArchivedResponse["headers"]) {
  const { "content-encoding": coding } = earlier;
  const { "content-encoding": _, ...rest } = { ...earlier, ...own };
  return coding === undefined ? rest : { ...rest, "content-encoding": coding };
}
