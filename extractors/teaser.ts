import { isLead } from "./body/lead.ts";
import type { Block } from "./dom/blocks.ts";
import { textIn } from "./jsonld.ts";
import type { Layout } from "./layout.ts";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";
import { keyOf, likeness } from "./title-parts.ts";

const LONGEST = 1200;

/**
 * What the portal shows under a headline: the standfirst as it is shown or described, else the first
 * paragraphs (up to three).
 */
export function readTeaser(
  page: Page,
  layout: Layout | null,
  blocks: Block[],
  title: string | null,
): Answer<string> {
  const standfirst = shownStandfirst(layout);
  if (standfirst) return answer(standfirst, "standfirst", standfirst, 0.9);
  const titleKey = title ? keyOf(title) : "";
  const named = [
    ["json-ld description", textIn(page.article?.["description"])],
    ["meta og:description", page.meta("og:description")[0]],
    ["meta description", page.meta("description")[0]],
    ["meta twitter:description", page.meta("twitter:description")[0]],
  ] as const;
  const text = blocks.map((block) => block.text).join(" ");
  for (const [rule, description] of named) {
    if (!description || description.length < 40 || keyOf(description) === titleKey) continue;
    if (isCutOff(description, text) || !tellsOf(description, `${title ?? ""} ${text}`)) continue;
    return answer(description.slice(0, LONGEST), rule, description, 0.85);
  }
  const lead = leadOf(blocks);
  if (lead) return answer(lead, "first paragraphs", lead, 0.8);
  const short = named.find(([, description]) => description && keyOf(description) !== titleKey);
  return short?.[1] ? answer(short[1], short[0], short[1], 0.5) : NOTHING;
}

/** The line just below the headline that is called a standfirst. */
function shownStandfirst(layout: Layout | null): string | null {
  if (!layout || layout.at < 0) return null;
  const below = layout.blocks.slice(layout.at + 1, layout.at + 6);
  const line = below.find(
    ({ size, links, tag }) => size >= 60 && size < 700 && links < 0.3 && isLead(tag),
  );
  return line?.text ?? null;
}

/** Whether a description ends where its room did: with dots, or amid a sentence of the text. */
function isCutOff(description: string, text: string): boolean {
  if (/(?:…|\.\.\.|\[…\])$/.test(description)) return true;
  const isWhole = /[.!?。！？।؟:»”")]$/u.test(description);
  return !isWhole && keyOf(text.slice(0, 2000)).startsWith(keyOf(description));
}

/** The share of a description's words that its article has too; others speak of the whole site. */
const TOLD = 0.4;

function tellsOf(description: string, text: string): boolean {
  return text.length < 150 || likeness(description, text.slice(0, 20_000)) >= TOLD;
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
