import { parseDate } from "./dates/parse.ts";
import { DOUBTFUL, MODIFIED, type Place, PUBLISHED, WEAK } from "./dates/places.ts";
import type { Reading, Stamp } from "./dates/stamp.ts";
import {
  dateAnywhere,
  dateInHeadline,
  dateLineNearHeadline,
  dateNearHeadline,
  shownOffset,
} from "./dates/visible.ts";
import type { Layout } from "./layout.ts";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";

/** When the article was first published: as stated to machines, else as readers see it. */
export function readPublished(page: Page, layout: Layout | null, reading: Reading): Answer<Stamp> {
  const seen = (rule: string, confidence: number, look: typeof dateAnywhere) => {
    const found = layout && look(layout, reading);
    const fits = found !== null && isPlausible(found.stamp, page.now);
    return fits ? answer(found.stamp, rule, found.seen, confidence) : NOTHING;
  };
  const tries = [
    () => firstStamp(PUBLISHED, page, layout, reading),
    () => seen("in the headline", 0.8, dateInHeadline),
    () => seen("line near the headline", 0.8, dateLineNearHeadline),
    () => firstStamp(WEAK, page, layout, reading),
    () => seen("near the headline", 0.6, dateNearHeadline),
    () => firstStamp(DOUBTFUL, page, layout, reading),
    () => seen("anywhere in the text", 0.4, dateAnywhere),
  ];
  for (const attempt of tries) {
    const found = attempt();
    if (!found.value) continue;
    const isDay = found.value.precision === "day";
    const sharp = isDay ? sharpened(found, firstStamp(WEAK, page, layout, reading)) : found;
    return inShownZone(sharp, layout);
  }
  return NOTHING;
}

/** A day that readers see takes its time from a weaker statement of the same day. */
function sharpened(found: Answer<Stamp>, weak: Answer<Stamp>): Answer<Stamp> {
  if (!found.value || weak.value?.precision !== "instant") return found;
  const local = new Date(weak.value.at.getTime() + (weak.value.offset ?? 0) * 60_000);
  const sameDay = local.toISOString().slice(0, 10) === found.value.at.toISOString().slice(0, 10);
  return sameDay ? weak : found;
}

/** Machines often state UTC: the day that readers see is in the zone of the clock that is shown. */
function inShownZone(found: Answer<Stamp>, layout: Layout | null): Answer<Stamp> {
  const stamp = found.value;
  if (!stamp || !layout || stamp.precision !== "instant" || stamp.offset !== 0) return found;
  const offset = shownOffset(layout, stamp.at);
  return offset === null ? found : { ...found, value: { ...stamp, offset } };
}

/** When the article was last changed, as stated. */
export function readModified(page: Page, layout: Layout | null, reading: Reading): Answer<Stamp> {
  return firstStamp(MODIFIED, page, layout, reading);
}

function firstStamp(
  places: Place[],
  page: Page,
  layout: Layout | null,
  reading: Reading,
): Answer<Stamp> {
  for (const { rule, confidence, read } of places) {
    for (const text of read(page, layout?.headline ?? null)) {
      const stamp = text ? parseDate(text, reading) : null;
      if (text && stamp && isPlausible(stamp, page.now))
        return answer(stamp, rule, text, confidence);
    }
  }
  return NOTHING;
}

/** Between 1990 and now; a day's grace for zones that were stated wrongly. */
export function isPlausible(stamp: Stamp, now: Date): boolean {
  const at = stamp.at.getTime();
  return at > Date.UTC(1990, 0, 1) && at < now.getTime() + 26 * 3_600_000;
}
