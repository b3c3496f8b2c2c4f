import { constants, gunzipSync } from "node:zlib";
import { LINK_BOUNDS } from "../../config/limits.ts";

const MAX_BYTES = LINK_BOUNDS.gzipBytes;
const MAX_LAYERS = LINK_BOUNDS.gzipLayers;

/**
 * Removes up to `MAX_LAYERS` layers of gzip, each of at most `MAX_BYTES` bytes when unpacked. If a
 * layer ends early, its beginning is used. Null if a layer can't be read or a limit is exceeded.
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

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
