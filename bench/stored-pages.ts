import { LIMITS } from "../config/limits.ts";
import { decode } from "../crawler/http/decode.ts";
import type { Capture } from "../model/crawl/capture.ts";
import { getBody } from "../store/archive/bodies.ts";
import type { Store } from "../store/store.ts";
import type { StagePage } from "./stages.ts";

export async function storedPages(store: Store, count: number): Promise<StagePage[]> {
  const captures = await store.collections.captures
    .find({ kind: "article" })
    .limit(count)
    .toArray();
  return (await Promise.all(captures.map((capture) => load(store, capture)))).flat();
}

async function load(store: Store, capture: Capture): Promise<StagePage[]> {
  const body = capture.bodyId ? await getBody(store, capture.bodyId) : null;
  if (!body) return [];
  const { bytes } = await decode(body.bytes, body.encoding, LIMITS.decodedBytes);
  const { finalUrl: url, headers, fetchedAt: at } = capture;
  return [{ bytes, contentType: headers["content-type"], url, at }];
}
