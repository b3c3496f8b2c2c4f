import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Rendered } from "./cache.ts";

/** How an answer goes over the wire. */
export type Coding = "br" | "gzip" | "identity";

/** Shorter answers fit into one packet as they are, characters. */
const SHORTEST = 1200;
/** Near the best that is still quick: an answer is packed once for all who ask. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const pack = {
  br: (body: Buffer) => promisify(brotliCompress)(body, QUALITY),
  gzip: (body: Buffer) => promisify(gzip)(body),
  identity: async (body: Buffer) => body,
};

/** The coding of an answer for whoever accepts these (RFC 9110 section 12.5.3); what he refuses by `q=0` is not taken. */
export function codingFor(accepted: string | undefined): Coding {
  const taken = (accepted ?? "")
    .toLowerCase()
    .split(",")
    .map((part) => part.split(";").map((piece) => piece.trim()))
    .filter(([, q = ""]) => !/^q=0(\.0*)?$/.test(q))
    .map(([name]) => name);
  return (["br", "gzip"] as const).find((coding) => taken.includes(coding)) ?? "identity";
}

const packed = new WeakMap<Rendered, Map<Coding, Promise<Buffer>>>();

/** The bytes of an answer, packed once as long as it is kept; short ones stay as they are. */
export async function bytesOf(
  answer: Rendered,
  coding: Coding,
): Promise<{ bytes: Buffer; coding: Coding }> {
  const used = answer.body.length < SHORTEST ? "identity" : coding;
  const known = packed.get(answer) ?? new Map<Coding, Promise<Buffer>>();
  packed.set(answer, known);
  const bytes = known.get(used) ?? pack[used](Buffer.from(answer.body));
  known.set(used, bytes);
  return { bytes: await bytes, coding: used };
}
