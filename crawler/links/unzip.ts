import { constants, gunzipSync } from "node:zlib";
import { LINK_BOUNDS } from "../../config/limits.ts";

const MAX_BYTES = LINK_BOUNDS.gzipBytes;
const MAX_LAYERS = LINK_BOUNDS.gzipLayers;

/**
 * Bytes without the gzip layers that are still around them (at most two), each at most 64 MB; a cut
 * layer gives what it holds. Null when it can't be read or is larger.
 */
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

/** Whether bytes begin as gzip does (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
