export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
/** Always 24 hours, unlike a calendar day on which clocks change. */
export const DAY_MS = 24 * HOUR_MS;

const UNITS_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The format of a duration in configuration, such as `500ms`, `2s`, `15m`, `6h` or `30d`. */
export const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

const UNIT = "milliseconds?|ms|minutes?|mins?|seconds?|secs?|s|m|hours?|hrs?|h|days?|d|weeks?|w";
const PART = `\\d+(?:\\.\\d+)?\\s*(?:${UNIT})`;
const LENIENT_DURATION = new RegExp(
  `^\\s*${PART}(?:(?:\\s+and\\s+|\\s*,\\s*|\\s*)${PART})*\\s*$`,
  "i",
);

/** Returns the ms of `15m` or `2 hours and 30 minutes`; throws a `RangeError` for other text. */
export function parseDuration(text: string): number {
  if (!LENIENT_DURATION.test(text)) {
    throw new RangeError(`"${text}" is not a duration; write 500ms, 2s, 15m, 6h or 30d`);
  }
  // A unit is known by its first letter, except for milliseconds.
  const parts = [...text.toLowerCase().matchAll(/(\d+(?:\.\d+)?)\s*(ms|milli|[a-z])/g)];
  const ms = parts.map(([, amount, unit = ""]) => Number(amount) * unitMs(unit));
  return Math.round(ms.reduce((sum, one) => sum + one, 0));
}

function unitMs(unit: string): number {
  return unit === "w" ? 7 * DAY_MS : (UNITS_MS[unit] ?? 1);
}

/** Formats milliseconds in the largest unit that needs no fraction: `15m`, `36h`, `1500ms`. */
export function formatDuration(ms: number): string {
  const whole = Object.entries(UNITS_MS).filter(([, size]) => ms % size === 0);
  const [unit, size] = (ms === 0 ? whole[0] : whole.at(-1)) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}

/** Returns `15m` for `15 minutes`, in the format of `DURATION`; any other text unchanged. */
export function usualDuration(text: string): string {
  return LENIENT_DURATION.test(text) ? formatDuration(parseDuration(text)) : text;
}

export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Returns the day `days` later or, if negative, earlier. Both are written as `YYYY-MM-DD`. */
export function shiftDay(day: string, days: number): string {
  return utcDay(new Date(Date.parse(day) + days * DAY_MS));
}

/** Returns the day as `YYYY-MM-DD`; throws a `RangeError` for an unknown IANA time zone. */
export function dayIn(zone: string, at: Date): string {
  return utcDay(new Date(wallClockOf(at.getTime(), zone)));
}

export function isTimezone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns when clocks in the time zone show `wall`: the first time if they show it twice, or a time
 * after the gap if they skip it.
 */
export function instantOf(wall: number, timeZone: string): number {
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((at) => wallClockOf(at, timeZone) - at);
  const instants = offsets.map((offset) => wall - offset);
  const shown = instants.filter((at) => wallClockOf(at, timeZone) === wall);
  return shown.length > 0 ? Math.min(...shown) : Math.max(...instants);
}

/** Returns the time that clocks show, in ms as if that time were in UTC. */
export function wallClockOf(at: number, timeZone: string): number {
  if (timeZone === "UTC") return at;
  const shown = clockOf(timeZone).formatToParts(at);
  const field = (type: string) => Number(shown.find((part) => part.type === type)?.value);
  const second = Date.UTC(
    field("year"),
    field("month") - 1,
    field("day"),
    field("hour"),
    field("minute"),
    field("second"),
  );
  return second + (((at % 1000) + 1000) % 1000);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** Resolves after `ms`, or as soon as `signal` aborts. Never rejects. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted || ms <= 0) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}

/** Resolves once `performance.now()` has reached `time`. A timer alone can fire slightly early. */
export async function sleepUntil(time: number): Promise<void> {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
    await sleep(left);
  }
}

const ZONE_OFFSET_MINUTES: Record<string, number> = {
  z: 0,
  utc: 0,
  gmt: 0,
  wet: 0,
  bst: 60,
  cet: 60,
  cest: 120,
  mez: 60,
  mesz: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  ist: 330,
  jst: 540,
  kst: 540,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
  est: -300,
  edt: -240,
  et: -300,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};

/** Returns minutes east of UTC for `CET`, `+02` or `GMT-0500`; null if the zone is unknown. */
export function zoneOffset(zone: string): number | null {
  const known = ZONE_OFFSET_MINUTES[zone.toLowerCase()];
  if (known !== undefined) return known;
  const [, sign, hours, minutes = "0"] = /([+-])(\d{1,2}):?(\d{2})?/.exec(zone) ?? [];
  if (hours === undefined || Number(hours) > 14) return null;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

const MAX_DELAY_MS = 5000;

/**
 * Returns a function to call every `intervalMs`. It returns how long this process was paused since
 * the last call, in ms; 0 for up to 5 s.
 */
export function watchPauses(intervalMs: number, now = () => performance.now()): () => number {
  let last = now();
  return () => {
    const paused = now() - last - intervalMs;
    last = now();
    return paused > MAX_DELAY_MS ? paused : 0;
  };
}
