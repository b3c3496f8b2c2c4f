import type { Tag } from "../dom/node.ts";
import { isHomeAddress } from "../url.ts";
import type { Judged } from "./judged.ts";
import { ASTRAY, ERROR_HINT, ERROR_TITLE } from "./wording.ts";

/** Share of a headline that says that something is missing: an article about it has more to say. */
const WHOLE = 0.5;
/** Parts of a page whose class or id says what the page is. */
const FRAME = new Set(["html", "body", "main", "article", "section"]);
const FRAME_TAGS = 200;

/**
 * A page with a lot of text, or marked as an article by its template, in place of one that is missing (a soft 404): its
 * headline says nothing else, and so does its template, its canonical address or what it tells the reader.
 */
export function isMissing({ page, title, heads, start, stated }: Judged): boolean {
  const shown = [title, ...heads.slice(title ? 2 : 1)].filter((text) => text !== null);
  if (!shown.some(saysNothingElse)) return false;
  const marked = page.tree.tags.slice(0, FRAME_TAGS).some(isErrorFrame);
  const away =
    page.links("canonical").some(({ href }) => isHomeAddress(href)) && !isHomeAddress(page.url);
  const proofs = [marked || away, ASTRAY.test(start)].filter(Boolean).length;
  return proofs >= (stated ? 2 : 1);
}

function saysNothingElse(head: string): boolean {
  const said = ERROR_TITLE.exec(head)?.[0] ?? "";
  return said.length >= head.length * WHOLE;
}

function isErrorFrame({ name, attribs }: Tag): boolean {
  return FRAME.has(name) && ERROR_HINT.test(`${attribs["class"] ?? ""} ${attribs["id"] ?? ""}`);
}
