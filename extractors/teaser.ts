import type { Block } from "./body/blocks.ts";
import { textIn } from "./jsonld.ts";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";
import { keyOf } from "./title-parts.ts";

const LONGEST = 1200;

/** What the portal shows under a headline: the standfirst, else the first paragraphs (up to three). */
export function readTeaser(page: Page, blocks: Block[], title: string | null): Answer<string> {
  const named = [
    ["json-ld description", textIn(page.article?.["description"])],
    ["meta og:description", page.meta("og:description")[0]],
    ["meta description", page.meta("description")[0]],
    ["meta twitter:description", page.meta("twitter:description")[0]],
  ] as const;
  const titleKey = title ? keyOf(title) : "";
  for (const [rule, text] of named) {
    if (!text || text.length < 40 || /(?:…|\.\.\.|\[…\])$/.test(text) || keyOf(text) === titleKey)
      continue;
    return answer(text.slice(0, LONGEST), rule, text, 0.85);
  }
  const lead = leadOf(blocks);
  if (lead) return answer(lead, "first paragraphs", lead, 0.8);
  const short = named.find(([, text]) => text && keyOf(text) !== titleKey);
  return short?.[1] ? answer(short[1], short[0], short[1], 0.5) : NOTHING;
}

function leadOf(blocks: Block[]): string | null {
  const picked: string[] = [];
  let size = 0;
  for (const block of blocks) {
    if (block.kind === "heading" || (picked.length > 0 && isSubhead(block.text))) {
      if (picked.length > 0) break;
      continue;
    }
    if (picked.length > 0 && size + block.text.length > LONGEST) break;
    picked.push(block.text);
    size += block.text.length;
    if (picked.length === 3 || size > 400) break;
  }
  return picked.length > 0 ? picked.join("\n\n").slice(0, LONGEST * 2) : null;
}

/** A short line without the end of a sentence, set as a paragraph but meant as a heading. */
function isSubhead(text: string): boolean {
  return text.length < 60 && !/[.!?…:;。！？؟।"”»)]$/.test(text);
}
