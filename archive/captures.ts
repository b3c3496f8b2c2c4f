import { hostFileKey } from "../articles/ingest/capture.ts";
import { LIMITS } from "../config/limits.ts";
import { decodeText } from "../crawler/http/charset.ts";
import { decode } from "../crawler/http/decode.ts";
import { wireOf } from "../crawler/http/wire.ts";
import { urlKey } from "../crawler/links/canonical-url.ts";
import { TDM_PATH } from "../crawler/robots/tdmrep.ts";
import { type Body, type Capture, HOST_FILE_KINDS } from "../model/crawl/capture.ts";
import { ProblemError } from "../model/problem.ts";

/**
 * Returns the keys under which captures of a URL can be stored: the key of its link, and one key
 * for each kind of host file, such as `robots` or `licence`, that can have this URL.
 */
export function captureKeys(url: string): string[] {
  const { pathname } = new URL(url);
  const isOf = { robots: "/robots.txt", tdmrep: TDM_PATH, licence: pathname, policy: pathname };
  const kinds = HOST_FILE_KINDS.filter((kind) => isOf[kind] === pathname);
  return [urlKey(url), ...kinds.map((kind) => hostFileKey(kind, url))];
}

/**
 * Returns the bytes of a captured response as they were received, before any decompression. Throws
 * a 422 problem if the stored body is broken.
 */
export function wireBytes(capture: Capture, body: Body): Promise<Uint8Array> {
  return wireOf(capture, body).catch(() => {
    const detail = "The stored body is damaged. Run `newsgather archive check` for details.";
    throw new ProblemError(422, "broken-body", detail);
  });
}

/**
 * Returns the text of a captured page. Throws a 422 problem if the content coding of the body is
 * broken.
 */
export async function decodedText({ headers }: Capture, body: Body): Promise<string> {
  return decodeText(await decodedBytes(body), headers["content-type"]).text;
}

/**
 * Returns the bytes of a body after decompression. Throws a 422 problem if the content coding is
 * broken.
 */
export async function decodedBytes(body: Body): Promise<Uint8Array> {
  const { bytes } = await decode(body.bytes, body.encoding, LIMITS.decodedBytes).catch(() => {
    const detail = `The stored body can't be decoded (content coding ${body.encoding}). /v1/captures returns the bytes as received.`;
    throw new ProblemError(422, "broken-body", detail);
  });
  return bytes;
}
