const LOCALES: Record<string, string> = { en: "en-GB", ar: "ar-EG", pt: "pt-BR", zh: "zh-CN" };

const formats = new Map<string, Intl.DateTimeFormat>();

/** Caches formats, because creating a format takes 100 times as long as using it. */
function formatOf(key: string, make: () => Intl.DateTimeFormat): Intl.DateTimeFormat {
  const format = formats.get(key) ?? make();
  formats.set(key, format);
  return format;
}

/** Returns a date for readers, e.g. `14. November 2026` or `2026年11月14日`. */
export function humanDate(at: Date, language: string, zone: string): string {
  const locale = LOCALES[language] ?? language;
  const make = () => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: zone });
  return formatOf(`${locale} ${zone}`, make).format(at);
}

function parts(at: Date, zone: string): Record<string, string> {
  const make = () =>
    new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "longOffset",
    });
  const format = formatOf(zone, make);
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
}

export function isoDay(at: Date, zone: string): string {
  const { year, month, day } = parts(at, zone);
  return `${year}-${month}-${day}`;
}

/** Returns a time as ISO 8601 with the zone's offset, e.g. `2026-11-14T09:30:00+01:00`. */
export function isoIn(at: Date, zone: string): string {
  const { hour, minute, second, timeZoneName = "GMT" } = parts(at, zone);
  const offset = timeZoneName.replace("GMT", "") || "+00:00";
  return `${isoDay(at, zone)}T${hour}:${minute}:${second}${offset}`;
}

export function rfc822(at: Date): string {
  return at.toUTCString();
}
