import { BSON, type Document } from "mongodb";
import { z } from "zod";

/**
 * Version of the file's form; a newer one is refused. Those of format 1 have no `again`: of an article that
 * changed while they were written they have what it was before.
 */
export const FORMAT = 2;

/** The first line of a backup: what it is of. */
export const Header = z.object({
  newsgather: z.literal("backup"),
  format: z.int(),
  schema: z.int(),
  database: z.string(),
  at: z.iso.datetime(),
});
export type Header = z.infer<typeof Header>;

/** The last line: how many documents of each collection, and the SHA-256 of all lines before. */
export const Footer = z.object({
  end: z.literal(true),
  counts: z.record(z.string(), z.int()),
  /** Bodies whose bytes lie in another tier, and not here. */
  elsewhere: z.int().optional(),
  sha256: z.string(),
});
export type Footer = z.infer<typeof Footer>;

/**
 * One document: `c` names its collection, or is `pending` for a change that goes back to its article. With `again`
 * it takes the place of one of the same id that stands before it.
 */
export interface Line {
  c: string;
  again?: true;
  d: Document;
}

/** A document as one line of canonical Extended JSON, which keeps every BSON type. */
export function toLine(line: Line): string {
  return BSON.EJSON.stringify(line, { relaxed: false });
}

/** The document of a line, with its BSON types, or as plain values. Throws a `SyntaxError` on a broken line. */
export function fromLine(text: string, plain = false): Line {
  return BSON.EJSON.parse(text, { relaxed: plain }) as Line;
}
