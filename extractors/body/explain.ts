import type { BodyCandidate, Evidence } from "../../model/articles/extraction.ts";
import type { Block } from "../dom/blocks.ts";
import type { Tag } from "../dom/node.ts";
import type { Page } from "../page.ts";
import { keyOf } from "../title-parts.ts";
import type { Choice } from "./container.ts";

/** The evidence of a text that was found in elements: the choice, and what JSON-LD says to it. */
export function chosen(choice: Choice, kept: Block[], page: Page): Evidence {
  const stated = statedCandidate(kept, page);
  const candidates = choice.candidates.map(({ rule, tags, prose, agreement }) => {
    return { rule, seen: seenIn(tags), prose: Math.round(prose), agreement: rounded(agreement) };
  });
  return {
    rule: choice.rule,
    seen: seenIn(choice.tags),
    confidence: 0.8,
    because: choice.because,
    candidates: stated ? [...candidates, stated] : candidates,
  };
}

/** The evidence of a text that the page carries for machines, where next to nothing is visible. */
export function outweighed(
  won: Evidence,
  prose: number,
  found: Evidence | undefined,
  visible: number,
): Evidence {
  const own = { rule: won.rule, seen: won.seen, prose: Math.round(prose), agreement: 1 };
  const others = found?.candidates?.map((candidate) => ({ ...candidate, agreement: 0 })) ?? [];
  const because = `only ${Math.round(visible)} characters are visible, and it has ${own.prose}`;
  return { ...won, because, candidates: [own, ...others] };
}

/** Characters of the text that are looked for in it, and letters of each paragraph. */
const ASKED = 12_000;
const LETTERS = 40;

/** JSON-LD's own text as an independent witness; null where it has none. */
function statedCandidate(kept: Block[], page: Page): BodyCandidate | null {
  const text = page.article?.["articleBody"];
  if (typeof text !== "string" || text.length < 200) return null;
  const key = keyOf(text);
  let prose = 0;
  let shared = 0;
  for (const block of kept) {
    if (prose > ASKED) break;
    if (block.size < LETTERS * 2) continue;
    prose += block.size;
    const start = keyOf(block.text.slice(0, LETTERS * 2)).slice(0, LETTERS);
    if (key.includes(start)) shared += block.size;
  }
  const agreement = prose > 0 ? rounded(shared / prose) : 0;
  return { rule: "json-ld articleBody", seen: text.slice(0, 80), prose: text.length, agreement };
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}

function seenIn(tags: Tag[]): string {
  return tags.slice(0, 3).map(place).join(", ");
}

/** An element as a selector would name it. */
export function place({ name, id, classes }: Tag): string {
  const dotted = classes?.trim().split(/\s+/).join(".");
  return `${name}${id ? `#${id}` : ""}${dotted ? `.${dotted}` : ""}`;
}
