import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import { codingOf } from "./decode.ts";

const unpack = promisify(gunzip);

/** Room beyond what came: nothing that we packed grows. */
const SLACK = 1024;

/** Whether a body is stored in the content coding that its headers name. */
export function isEncoded(headers: Capture["headers"], { bytes, encoding }: Body): boolean {
  const declared = headers["content-encoding"];
  return declared !== undefined && codingOf(declared, bytes) === encoding;
}

/**
 * The bytes of a response as they came: packed where its server packed them or sent a packed file,
 * plain where we packed them to be kept. Of a page in the browser, the page as it was rendered.
 */
export async function wireOf(
  capture: Pick<Capture, "headers" | "bytes" | "decodedBytes">,
  body: Body,
): Promise<Uint8Array> {
  const { headers, bytes, decodedBytes } = capture;
  const isFile = bytes === body.bytes.length && bytes !== decodedBytes;
  if (isEncoded(headers, body) || isFile) return body.bytes;
  // Only the beginning of a long body is stored, so it ends in the middle.
  const lenient = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: bytes + SLACK };
  return unpack(body.bytes, lenient);
}
