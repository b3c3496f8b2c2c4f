import { EXTRACT_BOUNDS } from "../../config/limits.ts";
import type { BodyCandidate, Evidence } from "../../model/articles/fields.ts";
import { hintOf } from "../dom/hints.ts";
import { type Block, blocksOf, closest, type Tag, within } from "../dom/node.ts";
import type { Layout } from "../layout.ts";
import { type Page, textIn } from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";
import { keyOf, likeness } from "../words.ts";
import { type Choice, findContainer, markDropped, trim, trimLead } from "./container.ts";
import { embeddedBody, noscriptBody } from "./embedded.ts";
import { ancestor, escapeHtml, htmlOf, sums } from "./lines.ts";

interface Body {
  blocks: Block[];
  text: string;
  html: string;
  evidence: Evidence;
}

export interface Reading {
  body: Body | null;
  /** The beginning of the visible text. */
  visible: string;
  /** Share of the visible text that is inside links, 0 to 1. */
  links: number;
  /** Visible blocks, without navigation, footers, notices, and paid or removed elements. */
  core: Block[];
  /** Whether an element is omitted from `core`, for example because it is in a footer. */
  isAround: (tag: Tag) => boolean;
}

/** What is known about the article before its body is found. */
export interface Known {
  title: string | null;
  authors: string[];
  /** Elements that match the source's selectors. `containers`, unless empty, make up the body. */
  own?: Own | undefined;
  /** Elements that only subscribers can read. */
  paid?: readonly Tag[];
  /** Whether only subscribers can read the page's embedded text. */
  isPaid?: boolean;
}

export function readBody(page: Page, layout: Layout, known: Known): Reading {
  const { own } = known;
  const dropped = markDropped(page.tree, layout.blocks, layout.headline);
  const remove = [...(own?.remove ?? []), ...(known.paid ?? [])];
  for (const tag of remove) dropped.fill(1, tag.order, tag.last + 1);
  const core = layout.blocks.filter((block) => !dropped[block.tag.order]);
  const body = own?.containers.length
    ? selectedBody(page, own.containers, remove)
    : embeddedIfMuchLonger(foundBody(page, layout, core, known), page, known.isPaid);
  return { ...visibleIn(layout.blocks), body, core, isAround: (tag) => dropped[tag.order] === 1 };
}

export function bodyBefore({ blocks, evidence }: Body, tag: Tag, base: string): Body | null {
  const before = blocks.filter((block) => block.tag.order < tag.order);
  return before.length > 0 ? bodyOf(before, base, evidence) : null;
}

function textOfBlocks(blocks: Block[]): string {
  let text = "";
  let last: Block | null = null;
  for (const block of blocks) {
    if (last) text += isNextCell(last, block) ? " | " : "\n\n";
    text += block.text;
    last = block;
  }
  return text;
}

function isNextCell(last: Block, block: Block): boolean {
  if (last.kind !== "cell" || block.kind !== "cell") return false;
  const row = ancestor(block.tag, "tr");
  return row !== null && row === ancestor(last.tag, "tr") && cellOf(block) !== cellOf(last);
}

function cellOf({ tag }: Block): Tag | null {
  return ancestor(tag, "td") ?? ancestor(tag, "th");
}

interface Own {
  containers: Tag[];
  remove: Tag[];
}

const MAX_REPLACED_BODY_SIZE = 250;

function embeddedIfMuchLonger(found: Body | null, page: Page, isPaid = false): Body | null {
  const size = found?.blocks.reduce((sum, block) => sum + block.size, 0) ?? 0;
  if (size > MAX_REPLACED_BODY_SIZE || isPaid) return found;
  const hidden = [embeddedBody(page), noscriptBody(page)];
  const embedded = hidden.find((it) => it && it.size >= 150 && it.size >= size * 2.5);
  if (!embedded) return found;
  const { rule, blocks } = embedded;
  const seen = blocks[0]?.text ?? null;
  const evidence = outweighed(
    { rule, seen, confidence: 0.7 },
    embedded.size,
    found?.evidence,
    size,
  );
  return bodyOf(blocks, page.base, evidence);
}

function foundBody(page: Page, layout: Layout, blocks: Block[], known: Known): Body | null {
  const { tags } = page.tree;
  const { blocks: all, titleKey, headline } = layout;
  const container = findContainer(tags, blocks, headline);
  if (!container) return null;
  const inside = blocks.filter((block) => container.tags.some((tag) => within(block.tag, tag)));
  const sizes = sums(tags, all, (block) => block.size);
  const around = {
    title: known.title ?? "",
    titleKey,
    authors: known.authors,
    pictures: pictureCounter(tags),
    size: (tag: Tag) => sizes[tag.order] ?? 0,
  };
  const selected = trim(inside, around);
  const [start] = selected;
  if (!start) return null;
  const lead = trimLead(leadBlocks(all, headline, start, descriptionsOf(page)), around);
  return bodyOf([...lead, ...selected], page.base, chosen(container, selected, page));
}

function pictureCounter(tags: Tag[]): (tag: Tag) => number {
  const before = new Int32Array(tags.length + 1);
  for (const tag of tags) {
    before[tag.order + 1] = (before[tag.order] ?? 0) + (PICTURES.has(tag.name) ? 1 : 0);
  }
  return (tag) => (before[tag.last + 1] ?? 0) - (before[tag.order] ?? 0);
}

const PICTURES = new Set(["img", "picture", "video", "amp-img"]);

function descriptionsOf(page: Page): string[] {
  const ld = textIn(page.article?.["description"]);
  return [...(ld ? [ld] : []), ...page.meta("og:description"), ...page.meta("description")];
}

function selectedBody(page: Page, containers: Tag[], remove: Tag[]): Body | null {
  const outer = containers.filter(
    (tag) => !containers.some((other) => other !== tag && within(tag, other)),
  );
  const blocks = outer.flatMap((tag) => blocksOf(tag, (inner) => remove.includes(inner)));
  const selected = blocks.filter((block) => block.kind !== "caption");
  if (selected.length === 0) return null;
  const seen = outer.map(place).join(", ");
  return bodyOf(selected, page.base, { rule: "select", seen, confidence: 1 });
}

function visibleIn(blocks: Block[]): { visible: string; links: number } {
  let size = 0;
  let linked = 0;
  for (const block of blocks) {
    size += block.size;
    linked += block.size * block.links;
  }
  return {
    visible: blocks
      .slice(0, 60)
      .map((block) => block.text)
      .join(" ")
      .slice(0, 8000),
    links: size > 0 ? linked / size : 0,
  };
}

function bodyOf(blocks: Block[], base: string, evidence: Evidence): Body {
  const selected = startOf(blocks);
  const text = textOfBlocks(selected);
  if (selected.length === blocks.length && text.length <= EXTRACT_BOUNDS.text) {
    return { blocks, text, html: htmlOf(blocks, base), evidence };
  }
  const cut = text.slice(0, EXTRACT_BOUNDS.text).replace(/\p{Surrogate}$/u, "");
  const html = cut === text ? htmlOf(selected, base) : `<p>${escapeHtml(cut)}</p>`;
  const because = [evidence.because, `cut after ${EXTRACT_BOUNDS.text} characters`];
  const shortened = { ...evidence, because: because.filter(Boolean).join("; ") };
  return { blocks: selected, text: cut, html, evidence: shortened };
}

function startOf(blocks: Block[]): Block[] {
  let left = EXTRACT_BOUNDS.text;
  const end = blocks.findIndex(({ text }) => (left -= text.length + 2) < 0);
  return end < 0 ? blocks : blocks.slice(0, Math.max(1, end));
}

function chosen(choice: Choice, selected: Block[], page: Page): Evidence {
  const stated = statedCandidate(selected, page);
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

function outweighed(
  won: Evidence,
  prose: number,
  found: Evidence | undefined,
  visible: number,
): Evidence {
  const own = { rule: won.rule, seen: won.seen, prose: Math.round(prose), agreement: 1 };
  const others = found?.candidates?.map((candidate) => ({ ...candidate, agreement: 0 })) ?? [];
  const because = `only ${Math.round(visible)} characters are visible, and the embedded text has ${own.prose}`;
  return { ...won, because, candidates: [own, ...others] };
}

const MAX_COMPARED_CHARS = 12_000;
const PARAGRAPH_KEY_LETTERS = 40;

function statedCandidate(selected: Block[], page: Page): BodyCandidate | null {
  const text = page.article?.["articleBody"];
  if (typeof text !== "string" || text.length < 200) return null;
  const key = keyOf(text);
  let prose = 0;
  let shared = 0;
  for (const block of selected) {
    if (prose > MAX_COMPARED_CHARS) break;
    if (block.size < PARAGRAPH_KEY_LETTERS * 2) continue;
    prose += block.size;
    const start = keyOf(block.text.slice(0, PARAGRAPH_KEY_LETTERS * 2)).slice(
      0,
      PARAGRAPH_KEY_LETTERS,
    );
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

function place({ name, id, classes }: Tag): string {
  const dotted = classes?.trim().split(/\s+/).join(".");
  return `${name}${id ? `#${id}` : ""}${dotted ? `.${dotted}` : ""}`;
}

const MAX_TEASER_CHARS = 1200;

export function readTeaser(
  page: Page,
  layout: Layout,
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

function shownStandfirst(layout: Layout): string | null {
  if (layout.at < 0) return null;
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

const MIN_DESCRIPTION_LIKENESS = 0.4;

function tellsOf(description: string, text: string): boolean {
  return (
    text.length < 150 || likeness(description, text.slice(0, 20_000)) >= MIN_DESCRIPTION_LIKENESS
  );
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

function leadBlocks(
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
  return closest(tag, 3, (one) => hintOf(one).hasWord(STANDFIRST_WORDS)) !== null;
}
