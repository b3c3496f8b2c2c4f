import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import { LIMITS } from "../config/limits.ts";
import { codingOf, decode, decodeText } from "../crawler/http/decode.ts";
import { urlKey } from "../crawler/links/url.ts";
import { TDM_PATH } from "../crawler/robots/robots.ts";
import { type Body, type Capture, HOST_FILE_KINDS, hostFileKey } from "../model/crawl/capture.ts";
import { ProblemError } from "../model/problem.ts";

const unpack = promisify(gunzip);

const MAX_EXCESS_BYTES = 1024;

/** Returns all keys under which captures of a URL can be stored: as a link, or as a host's file. */
export function captureKeys(url: string): string[] {
  const { pathname } = new URL(url);
  const isOf = { robots: "/robots.txt", tdmrep: TDM_PATH, licence: pathname, policy: pathname };
  const kinds = HOST_FILE_KINDS.filter((kind) => isOf[kind] === pathname);
  return [urlKey(url), ...kinds.map((kind) => hostFileKey(kind, url))];
}

/** Returns whether a body is stored in the content coding that its response's headers name. */
export function isEncoded(headers: Capture["headers"], { bytes, encoding }: Body): boolean {
  const declared = headers["content-encoding"];
  return declared !== undefined && codingOf(declared, bytes) === encoding;
}

/** Returns the body of a capture as received, or as rendered if a browser loaded the page. */
export async function wireOf(
  capture: Pick<Capture, "headers" | "bytes" | "decodedBytes">,
  body: Body,
): Promise<Uint8Array> {
  const { headers, bytes } = capture;
  const isFile = bytes === body.bytes.length && bytes !== capture.decodedBytes;
  if (isEncoded(headers, body) || isFile) return body.bytes;
  // Only the beginning of a long body is stored, so its compressed data ends in the middle.
  const lenient = {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: bytes + MAX_EXCESS_BYTES,
  };
  return unpack(body.bytes, lenient);
}

/** Returns a body as received, not decompressed. Throws a 422 problem if the body is damaged. */
export function wireBytes(capture: Capture, body: Body): Promise<Uint8Array> {
  return wireOf(capture, body).catch(() => {
    const detail = "The stored body is damaged. Run `newsgather archive check` for details.";
    throw new ProblemError(422, "broken-body", detail);
  });
}

/** Returns a captured page as text. Throws a 422 problem if its content coding is broken. */
export async function decodedText({ headers }: Capture, body: Body): Promise<string> {
  return decodeText(await decodedBytes(body), headers["content-type"]).text;
}

/** Returns a decompressed body. Throws a 422 problem if its content coding is broken. */
export async function decodedBytes(body: Body): Promise<Uint8Array> {
  const { bytes } = await decode(body.bytes, body.encoding, LIMITS.decodedBytes).catch(() => {
    const detail = `The stored body can't be decoded (content coding ${body.encoding}). /v1/captures returns the bytes as received.`;
    throw new ProblemError(422, "broken-body", detail);
  });
  return bytes;
}
