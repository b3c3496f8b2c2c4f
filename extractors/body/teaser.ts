import type { Block } from "../dom/blocks.ts";
import { hintOf } from "../dom/hints.ts";
import { closest, type Tag } from "../dom/node.ts";
import { textIn } from "../jsonld.ts";
import type { Layout } from "../layout.ts";
import type { Page } from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";
import { keyOf, likeness } from "../words.ts";

const MAX_TEASER_CHARS = 1200;

export function readTeaser(
  page: Page,
  layout: Layout | null,
  blocks: Block[],
  title: string | null,
): Answer<string> {
  const standfirst = shownStandfirst(layout);
  if (standfirst) return answer(standfirst, "standfirst", standfirst, 0.9);
  const titleKey = title ? keyOf(title) : "";
  const descriptions = [
    ["json-ld description", textIn(page.article?.["description"])],
    ["meta og:description", page.meta("og:description")[0]],
    ["meta description", page.meta("description")[0]],
    ["meta twitter:description", page.meta("twitter:description")[0]],
  ] as const;
  const text = blocks.map((block) => block.text).join(" ");
  for (const [rule, description] of descriptions) {
    if (!description || description.length < 40 || keyOf(description) === titleKey) continue;
    if (isCutOff(description, text) || !tellsOf(description, `${title ?? ""} ${text}`)) continue;
    return answer(description.slice(0, MAX_TEASER_CHARS), rule, description, 0.85);
  }
  const lead = leadOf(blocks);
  if (lead) return answer(lead, "first paragraphs", lead, 0.8);
  const short = descriptions.find(
    ([, description]) => description && keyOf(description) !== titleKey,
  );
  return short?.[1] ? answer(short[1], short[0], short[1], 0.5) : NOTHING;
}

function shownStandfirst(layout: Layout | null): string | null {
  if (!layout || layout.at < 0) return null;
  const below = layout.blocks.slice(layout.at + 1, layout.at + 6);
  const line = below.find(
    ({ size, links, tag }) => size >= 60 && size < 700 && links < 0.3 && isLead(tag),
  );
  return line?.text ?? null;
}

function isCutOff(description: string, text: string): boolean {
  if (/(?:…|\.\.\.|\[…\])$/.test(description)) return true;
  const isWhole = /[.!?。！？।؟:»”")]$/u.test(description);
  return !isWhole && keyOf(text.slice(0, 2000)).startsWith(keyOf(description));
}

/** A description is about the whole site if the article contains a smaller share of its words. */
const MIN_LIKENESS = 0.4;

function tellsOf(description: string, text: string): boolean {
  return text.length < 150 || likeness(description, text.slice(0, 20_000)) >= MIN_LIKENESS;
}

function leadOf(blocks: Block[]): string | null {
  const picked: string[] = [];
  let size = 0;
  for (const block of blocks) {
    if (block.kind === "heading" || (picked.length > 0 && isSubhead(block.text))) {
      if (picked.length > 0) break;
      continue;
    }
    if (picked.length > 0 && size + block.text.length > MAX_TEASER_CHARS) break;
    picked.push(block.text);
    size += block.text.length;
    if (picked.length === 3 || size > 400) break;
  }
  return picked.length > 0 ? picked.join("\n\n").slice(0, MAX_TEASER_CHARS * 2) : null;
}

function isSubhead(text: string): boolean {
  return text.length < 60 && !/[.!?…:;。！？؟।"”»)]$/.test(text);
}

const STANDFIRST_WORDS = new Set(
  `standfirst lead lede lede leadin dek deck hed subtitle subtitles subhead subheadline subheading summary intro introduction
  abstract chapo excerpt vorspann anriss ingress sapo entradilla bajada sottotitolo sommario untertitel einleitung
  preamble lid perex description desc strap strapline summry sumario copete apertura manchet resumo`.split(
    /\s+/,
  ),
);

/** Returns the standfirst: the introductory blocks between the headline and the body. */
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

function isLead(tag: Tag): boolean {
  const isNamed = (one: Tag) => hintOf(one).words.some((word) => STANDFIRST_WORDS.has(word));
  return closest(tag, 3, isNamed) !== null;
}
