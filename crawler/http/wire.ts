import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import { codingOf } from "./decode.ts";

const unpack = promisify(gunzip);

const MAX_EXCESS_BYTES = 1024;

/** Returns whether a body is stored in the content coding that its response's headers name. */
export function isEncoded(headers: Capture["headers"], { bytes, encoding }: Body): boolean {
  const declared = headers["content-encoding"];
  return declared !== undefined && codingOf(declared, bytes) === encoding;
}

/** Returns a response as received, without our compression; from a browser, the rendered page. */
export async function wireOf(
  capture: Pick<Capture, "headers" | "bytes" | "decodedBytes">,
  body: Body,
): Promise<Uint8Array> {
  const { headers, bytes, decodedBytes } = capture;
  const isFile = bytes === body.bytes.length && bytes !== decodedBytes;
  if (isEncoded(headers, body) || isFile) return body.bytes;
  // Only the beginning of a long body is stored, so its compressed data ends in the middle.
  const lenient = {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: bytes + MAX_EXCESS_BYTES,
  };
  return unpack(body.bytes, lenient);
}
