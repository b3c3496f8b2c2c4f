import { constants, gunzipSync } from "node:zlib";
import { LINK_BOUNDS } from "../../config/limits.ts";

const MAX_BYTES = LINK_BOUNDS.gzipBytes;
const MAX_LAYERS = LINK_BOUNDS.gzipLayers;

/** Removes layers of gzip, also from data that is cut off; null if unreadable or too large. */
export function unzipped(body: Uint8Array): Uint8Array | null {
  let bytes = body;
  for (let layer = 0; isGzip(bytes); layer += 1) {
    if (layer === MAX_LAYERS) return null;
    try {
      bytes = gunzipSync(bytes, {
        maxOutputLength: MAX_BYTES,
        finishFlush: constants.Z_SYNC_FLUSH,
      });
    } catch {
      return null;
    }
  }
  return bytes;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
