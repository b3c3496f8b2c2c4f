import { dayIn } from "../lib/time.ts";

const LOCALES: Record<string, string> = { en: "en-GB", ar: "ar-EG", pt: "pt-BR", zh: "zh-CN" };

const formats = new Map<string, Intl.DateTimeFormat>();

/** Caches formats, because creating a format takes 100 times as long as using it. */
function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${options.timeZone} ${options.dateStyle}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
}

/** Returns a date for readers, e.g. `14. November 2026` or `2026年11月14日`. */
export function humanDate(at: Date, language: string, zone: string): string {
  return formatOf(LOCALES[language] ?? language, { dateStyle: "long", timeZone: zone }).format(at);
}

/** Returns a time as ISO 8601 with the zone's offset, e.g. `2026-11-14T09:30:00+01:00`. */
export function isoIn(at: Date, zone: string): string {
  const format = formatOf("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "longOffset",
  });
  const [time, name = "GMT"] = format.format(at).split(" ");
  return `${dayIn(zone, at)}T${time}${name.replace("GMT", "") || "+00:00"}`;
}
