import type { Block } from "../dom/blocks.ts";
import { hintOf } from "../dom/hints.ts";
import { parentOf, type Tag } from "../dom/node.ts";
import { keyOf } from "../title-parts.ts";

const LEAD = new Set(
  `standfirst lead lede lede leadin dek deck hed subtitle subtitles subhead subheadline subheading summary intro introduction
  abstract chapo excerpt vorspann anriss ingress sapo entradilla bajada sottotitolo sommario untertitel einleitung
  preamble lid perex description desc strap strapline summry sumario copete apertura manchet resumo`.split(
    /\s+/,
  ),
);

/** Standfirsts: what stands between the headline and the body and is called, or described, as such. */
export function leadBlocks(
  all: Block[],
  headline: Tag | null,
  firstBlock: Block,
  descriptions: string[],
): Block[] {
  const end = all.indexOf(firstBlock);
  const start = headline
    ? all.findIndex((block) => block.tag === headline) + 1
    : Math.max(0, end - 8);
  if (end < 0 || start > end || end - start > 40) return [];
  const keys = descriptions
    .map((text) => keyOf(text).slice(0, 60))
    .filter((key) => key.length >= 20);
  return all.slice(start, end).filter((block, at) => {
    if (block.size < 30 || block.links > 0.3 || block.kind === "caption") return false;
    const key = keyOf(block.text);
    if (
      keys.some(
        (other) =>
          key.startsWith(other) || (key.length >= 40 && other.startsWith(key.slice(0, 60))),
      )
    ) {
      return true;
    }
    const isSubheadline = block.kind === "heading" && block.links === 0 && at < 3;
    return isSubheadline || isLead(block.tag);
  });
}

/** Whether an element, or one closely around it, is called a standfirst. */
export function isLead(tag: Tag): boolean {
  let node: Tag | null = tag;
  for (let level = 0; node && level < 3; node = parentOf(node), level++) {
    if (hintOf(node).words.some((word) => LEAD.has(word))) return true;
  }
  return false;
}
