import { DAY_MS, HOUR_MS } from "../lib/time.ts";
import { random } from "./random.ts";
import { sheetUrls } from "./sheets.ts";
import type { Placed, Quirk, SiteSpec, WireCopy } from "./site.ts";
import { edited, paragraphsOf, type Text } from "./text.ts";

/** When and where the world is: all dates are before `now`. */
export interface Setting {
  port: number;
  seed: number;
  now: Date;
  /** How often sources are to be polled; default `10m`. */
  every?: string;
}

/** Whether the pages of a site say when, not only on which day. */
export function saysInstants(spec: SiteSpec): boolean {
  return spec.dateIn !== "text" && spec.dateIn !== "time-day";
}

/** Date of a site's article `index`, 0 being the newest; those without a clock stay off today. */
function dateOf(spec: SiteSpec, index: number, count: number, setting: Setting): Date {
  const chance = random(setting.seed, spec.id, index, "date");
  const midnight = Math.floor(setting.now.getTime() / DAY_MS) * DAY_MS;
  const fresh = saysInstants(spec) ? 2 : 0;
  if (index < fresh) {
    const minutes = 35 + index * 190 + chance.int(0, 120);
    return new Date(Math.floor(setting.now.getTime() / 60_000 - minutes) * 60_000);
  }
  const back = 1 + Math.floor(((index - fresh) * 16) / count) + chance.int(0, 1);
  return new Date(midnight - back * DAY_MS + 6 * HOUR_MS + chance.int(0, 4 * 60) * 60_000);
}

/** Returns a text in its place, with its date and addresses. */
export function placeNew(
  spec: SiteSpec,
  text: Text,
  number: number,
  at: Date,
  setting: Setting,
): Placed {
  const base = `http://${spec.host}:${setting.port}`;
  const quirk = spec.quirks?.find((one) => one.slug === text.slug) ?? null;
  const path = spec.path(text.slug, number) + (quirk?.kind === "pdf" ? ".pdf" : "");
  const placed: Placed = {
    slug: text.slug,
    title: text.title,
    author: text.author,
    paragraphs: paragraphsOf(text.body),
    path,
    url: new URL(path, base).href,
    publishedAt: at,
    modifiedAt: null,
    duplicateOf: null,
    variants: [],
    ampUrl: null,
    quirk,
  };
  placed.variants = variantsOf(quirk, placed, base, setting.port);
  if (quirk?.kind === "amp") placed.ampUrl = placed.variants[0] ?? null;
  return placed;
}

function variantsOf(quirk: Quirk | null, placed: Placed, base: string, port: number): string[] {
  if (quirk?.kind === "tracking") {
    return [
      `${placed.url}?utm_source=rss&utm_medium=feed&utm_campaign=autumn`,
      `${placed.url}?fbclid=IwAR0x7pQ2`,
    ];
  }
  if (quirk?.kind === "sheets") return sheetUrls(placed.url, quirk.form);
  if (quirk?.kind === "amp") return [`${base}/amp/${quirk.slug}`];
  if (quirk?.kind === "moved") return [`${base}/archive/${quirk.slug}`, `${base}/r/${quirk.slug}`];
  if (quirk?.kind === "short-link") return [`http://${quirk.host}:${port}${quirk.path}`];
  return [];
}

/** A site's own articles with dates and addresses, newest first. */
export function placeOwn(spec: SiteSpec, setting: Setting): Placed[] {
  const count = spec.texts.length;
  return spec.texts.map((text, index) =>
    placeNew(spec, text, count - index, dateOf(spec, index, count, setting), setting),
  );
}

/** A copy of another site's article: published one to three hours later, or just after it. */
export function placeCopy(
  spec: SiteSpec,
  copy: WireCopy,
  number: number,
  original: { text: Text; placed: Placed },
  setting: Setting,
): Placed {
  const chance = random(setting.seed, spec.id, copy.slug);
  const at = original.placed.publishedAt.getTime();
  const free = Math.floor((setting.now.getTime() - at) / 60_000) - 1;
  const minutes = Math.max(1, Math.min(60 + chance.int(0, 120), free));
  const text = edited(original.text, copy.edit);
  const placed = placeNew(spec, text, number, new Date(at + minutes * 60_000), setting);
  return { ...placed, duplicateOf: original.placed.url };
}
