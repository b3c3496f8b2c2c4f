import type { Block } from "../body/blocks.ts";
import { hintOf } from "../body/hints.ts";
import { parentOf, type Tag } from "../dom/tree.ts";
import type { Layout } from "../layout.ts";
import { findDates } from "./parse.ts";
import type { Reading, Stamp } from "./stamp.ts";

/** A date that readers see, with the line it stands in. */
export interface Sighting {
  stamp: Stamp;
  seen: string;
}

const UPDATED =
  /(?:updated?|modified|revised|last (?:changed|edit|update)|aktualisiert|geändert|zuletzt|mise? à jour|actualizad[oa]|atualizad[oa]|aggiornat[oa]|bijgewerkt|uppdaterad|oppdatert|opdateret|päivitetty|zaktualizowano|aktualizováno|обновлен[оа]?|изменен[оа]?|оновлено|güncelle\p{L}*|更新|修正|수정|تحديث)[^\d]{0,24}$/iu;

/** Words of what holds other pages' dates, or readers' and none of the article's. */
const ELSEWHERE = new Set(
  "comment comments commentlist disqus respond related recommended recommendations similar teaser teasers sidebar popular trending mostread latest footer copyright event events calendar archive archives weather".split(
    " ",
  ),
);

/** The first date in the lines just before and after the headline; dates of updates come second. */
export function dateNearHeadline(layout: Layout, reading: Reading): Sighting | null {
  const { blocks, at } = layout;
  if (at < 0) return null;
  const lines = [
    ...blocks.slice(at + 1, at + 22),
    ...blocks.slice(Math.max(0, at - 6), at).toReversed(),
  ];
  return firstDate(
    lines.filter((block) => block.size < 220),
    reading,
  );
}

/** The first date in any short line of the page, then in any of its text. */
export function dateAnywhere(layout: Layout, reading: Reading): Sighting | null {
  const short = layout.blocks.filter((block) => block.size < 160);
  return firstDate(short, reading) ?? firstDate(layout.blocks.slice(0, 400), reading);
}

function firstDate(blocks: Block[], reading: Reading): Sighting | null {
  let updated: Sighting | null = null;
  for (const block of blocks) {
    if (!/\d/.test(block.text) || isElsewhere(block.tag)) continue;
    const text = block.text.slice(0, 600);
    for (const hit of findDates(text, reading)) {
      const sighting = { stamp: hit.stamp, seen: block.text };
      if (/©|copyright/i.test(text.slice(0, hit.index))) continue;
      if (!UPDATED.test(text.slice(0, hit.index))) return sighting;
      updated ??= sighting;
    }
  }
  return updated;
}

function isElsewhere(tag: Tag): boolean {
  let node: Tag | null = tag;
  for (let level = 0; node && level < 10; node = parentOf(node), level++) {
    if (node.name === "body") return false;
    if (node.name === "footer" || hintOf(node.attribs).words.some((word) => ELSEWHERE.has(word)))
      return true;
  }
  return false;
}
