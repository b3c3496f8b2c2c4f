import type { Block } from "../dom/blocks.ts";
import { type Tag, words } from "../dom/node.ts";
import { isAmong, type Layout } from "../layout.ts";
import { findDates } from "./parse.ts";
import type { Reading, Stamp } from "./stamp.ts";

export interface Sighting {
  stamp: Stamp;
  seen: string;
  /** Whether the words before the date say that it is the date of an update. */
  updated: boolean;
}

const DIGIT = /\p{Nd}/u;

/** Matches words that introduce the date of an update. */
export const UPDATED =
  /(?:updated?|modified|revised|last (?:changed|edit|update)|aktualisiert|geändert|änderung|stand der|zuletzt|mise? à jour|actualizad[oa]|atualizad[oa]|aggiornat[oa]|bijgewerkt|uppdaterad|oppdatert|opdateret|päivitetty|zaktualizowano|aktualizováno|обновлен[оа]?|изменен[оа]?|оновлено|güncelle\p{L}*|更新|修正|수정|تحديث)[^\d]{0,24}$/iu;

const PUBLISHED =
  /(?:published|posted|written|created|released|issued|date|filed|veröffentlicht|erstellt|datum|stand|publiziert|eingestellt|vom|erschienen|gepostet|publiée?|posté|le|publicad[oa]|fecha|data|pubblicat[oa]|gepubliceerd|geplaatst|publicerad|publisert|udgivet|julkaistu|opublikowano|dodano|publikováno|опубликован[оа]?|дата|размещено|опубліковано|yayın\p{L}*|公開|発表|掲載|发布|发表|日期|作成|등록|입력|نشر|تاريخ)\s*(?:on|am|le|el|il|den|dne|tarihi)?[\s:：=()|]{0,6}$/iu;

/** Words in the class or id of elements that contain readers' comments. */
export const COMMENT_WORDS = words(
  "comment comments commentlist commentaires comentarios kommentar kommentare disqus respond leserbrief reply replies",
);

/** Words in the class or id of elements whose dates aren't those of the article. */
export const OTHER_CONTENT_WORDS = new Set([
  ...COMMENT_WORDS,
  ...words(
    "related recommended recommendations similar sidebar popular trending mostread copyright event events calendar tweet bluesky mastodon instagram tiktok fb",
  ),
]);

/** Returns the date at the start or end of the headline; null if there is none. */
export function dateInHeadline({ blocks, at }: Layout, reading: Reading): Sighting | null {
  const text = blocks[at]?.text ?? "";
  const [hit] = findDates(text, reading);
  if (!hit || (hit.index > 2 && hit.index + hit.text.length < text.length - 2)) return null;
  return { stamp: hit.stamp, seen: text, updated: false };
}

/**
 * Returns a date near the headline, preferably one that follows the headline. Returns the date of
 * an update only if there is no other date.
 */
export function dateNearHeadline(layout: Layout, reading: Reading): Sighting | null {
  return nearHeadline(layout, reading, 220);
}

/** Like `dateNearHeadline`, but reads only short lines and returns null for an update's date. */
export function dateLineNearHeadline(layout: Layout, reading: Reading): Sighting | null {
  const found = nearHeadline(layout, reading, 60);
  return found?.updated ? null : found;
}

function nearHeadline(
  { blocks, at, headline }: Layout,
  reading: Reading,
  size: number,
): Sighting | null {
  if (at < 0) return null;
  const lines = [
    ...blocks.slice(at + 1, at + 22),
    ...blocks.slice(Math.max(0, at - 6), at).toReversed(),
  ];
  return firstDate(
    lines.filter((block) => block.size < size),
    headline,
    reading,
  );
}

/**
 * Returns the offset, in minutes east of UTC, at which `instant` matches a time or day shown near
 * the headline. Null if nothing matches or the offset is 0.
 */
export function shownOffset({ blocks, at }: Layout, instant: Date): number | null {
  const minute = Math.floor(instant.getTime() / 60_000) * 60_000;
  let day: number | null = null;
  for (const block of blocks.slice(Math.max(0, at - 6), at + 22)) {
    if (block.size > 220 || !DIGIT.test(block.text)) continue;
    for (const { stamp, index } of findDates(block.text, { dayFirst: false, timezone: "UTC" })) {
      const local = stamp.at.getTime() + (stamp.offset ?? 0) * 60_000;
      const minutes = (local - minute) / 60_000;
      if (stamp.precision === "day") {
        if (block.size < 60 && !UPDATED.test(block.text.slice(0, index)))
          day ??= hoursTo(local, minute);
      } else if (minutes !== 0 && isOffset(minutes)) return minutes;
    }
  }
  return day;
}

/** Offsets of Nepal, Eucla and the Chatham Islands (standard and summer time), in minutes. */
const QUARTER_HOUR_OFFSETS = new Set([5 * 60 + 45, 8 * 60 + 45, 12 * 60 + 45, 13 * 60 + 45]);

/** Whether a time zone can be `minutes` east of UTC (negative: west). */
function isOffset(minutes: number): boolean {
  return (minutes % 30 === 0 && Math.abs(minutes) <= 14 * 60) || QUARTER_HOUR_OFFSETS.has(minutes);
}

/** Returns the smallest whole-hour offset, in minutes, that moves `instant` into `day`; or null. */
function hoursTo(day: number, instant: number): number | null {
  const hour = 3_600_000;
  const after = Math.ceil((day - instant) / hour);
  const before = Math.floor((day + 24 * hour - 1 - instant) / hour);
  const hours = after > 0 ? after : before < 0 ? before : 0;
  return hours !== 0 && Math.abs(hours) <= 14 ? hours * 60 : null;
}

export function dateAnywhere(layout: Layout, reading: Reading): Sighting | null {
  const labelled = labelledDate(layout.blocks.slice(0, 3000), layout.headline, reading);
  if (labelled) return labelled;
  const short = layout.blocks.filter((block) => block.size < 160);
  return (
    firstDate(short, layout.headline, reading) ??
    firstDate(layout.blocks.slice(0, 400), layout.headline, reading)
  );
}

function labelledDate(blocks: Block[], headline: Tag | null, reading: Reading): Sighting | null {
  for (const block of blocks) {
    if (
      block.size > 600 ||
      !DIGIT.test(block.text) ||
      isAmong(OTHER_CONTENT_WORDS, block.tag, 8, headline)
    )
      continue;
    for (const { stamp, index } of findDates(block.text, reading)) {
      if (PUBLISHED.test(block.text.slice(0, index)))
        return { stamp, seen: block.text, updated: false };
    }
  }
  return null;
}

function firstDate(blocks: Block[], headline: Tag | null, reading: Reading): Sighting | null {
  let update: Sighting | null = null;
  for (const block of blocks) {
    if (!DIGIT.test(block.text) || isAmong(OTHER_CONTENT_WORDS, block.tag, 8, headline)) continue;
    const text = block.text.slice(0, 600);
    for (const hit of findDates(text, reading)) {
      const updated = UPDATED.test(text.slice(0, hit.index));
      const sighting = { stamp: hit.stamp, seen: block.text, updated };
      if (/©|copyright/i.test(text.slice(0, hit.index))) continue;
      if (!updated) return sighting;
      update ??= sighting;
    }
  }
  return update;
}
