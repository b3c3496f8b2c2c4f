/** Round numbers from 0 to at least `most`, about `steps` of them; whole ones where that is more than a few. */
export function ticksTo(most: number, steps = 4): number[] {
  if (most <= 0) return [0, 1];
  const rough = most > 1 ? Math.max(1, most / steps) : most / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough;
  const count = Math.ceil(most / step);
  return Array.from({ length: count + 1 }, (_, n) => Number((n * step).toPrecision(12)));
}

/** Every day from one to another, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** A span of seconds as people say it: `42 s`, `12 min`, `5.5 h`, `3 d`. */
export function spanText(seconds: number): string {
  const units = [
    ["s", 1, 90],
    ["min", 60, 90 * 60],
    ["h", 3600, 48 * 3600],
    ["d", 86_400, Infinity],
  ] as const;
  const [unit, size] = units.find(([, , most]) => seconds < most) ?? units[3];
  return `${Number((seconds / size).toPrecision(2))} ${unit}`;
}

/** Bytes as people say them: `512 B`, `3.4 MB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
