import { wallClockOf } from "../lib/time.ts";

const LOCALES: Record<string, string> = { en: "en-GB", ar: "ar-EG", pt: "pt-BR", zh: "zh-CN" };

/** Cached, because creating a format takes 100 times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns a date for readers, e.g. `14. November 2026` or `2026年11月14日`. */
export function humanDate(at: Date, language: string, zone: string): string {
  const locale = LOCALES[language] ?? language;
  const key = `${locale} ${zone}`;
  const options = { dateStyle: "long", timeZone: zone } as const;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format.format(at);
}

/** Returns a time as ISO 8601 with the zone's offset, e.g. `2026-11-14T09:30:00+01:00`. */
export function isoIn(at: Date, zone: string): string {
  const wall = wallClockOf(at.getTime(), zone);
  const ahead = wall - at.getTime();
  const offset = new Date(Math.abs(ahead)).toISOString().slice(11, 16);
  return `${new Date(wall).toISOString().slice(0, 19)}${ahead < 0 ? "-" : "+"}${offset}`;
}
