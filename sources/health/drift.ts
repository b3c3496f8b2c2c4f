import {
  addSamples,
  type Baseline,
  type Drift,
  EMPTY_SAMPLE,
  type Sample,
  type Sums,
  scaleSample,
  WATCHED_FIELDS,
  type WatchedField,
} from "../../model/sources/baseline.ts";

const LATEST_RUN_COUNT = 3;
const MIN_PAST_ARTICLES = 30;
const MIN_LATEST_ARTICLES = 3;
/** Above this number, the baseline's counts are scaled down, so older articles count less. */
const MAX_PAST_ARTICLES = 300;
const MAX_P_VALUE = 1e-5;
const MIN_SHARE_RISE = 0.3;
/**
 * A change by fewer standard errors than this isn't drift. Applies to the mean length of texts and
 * to the mean share of repeated text.
 */
const MIN_STANDARD_ERRORS = 5;
/**
 * Minimum standard deviation to assume. `length`: for the log of a text's length; `shared`: for a
 * text's share of repeated text.
 */
const MIN_SPREAD = { length: 0.35, shared: 0.1 };
/**
 * A smaller change isn't drift. `length`: the logarithm of the factor by which the length of texts
 * changes; `shared`: the rise in the share of repeated text.
 */
const MIN_MEASURE_CHANGE = { length: Math.log(2.5), shared: 0.35 };

/** Adds a run, returns the drift and, if there is none, moves the oldest run into the baseline. */
export function afterRun(
  before: Pick<Baseline, "recent" | "usual">,
  run: Sample,
): { recent: Sample[]; usual: Sample; drift: Drift[] } {
  const runs = [...(before.recent ?? []), run];
  const recent = runs.slice(-LATEST_RUN_COUNT);
  const usual = before.usual ?? EMPTY_SAMPLE;
  const drift = driftOf(usual, recent);
  // Wrong extractions never enter the baseline.
  const past = drift.length > 0 ? [] : runs.slice(0, -LATEST_RUN_COUNT);
  return { recent, usual: past.reduce((sum, one) => within(addSamples(sum, one)), usual), drift };
}

/** Returns a baseline made from the latest runs, so that these no longer count as drift. */
export function acceptDrift({ recent = [] }: Pick<Baseline, "recent">): {
  recent: Sample[];
  usual: Sample;
} {
  const sum = recent.reduce(addSamples, EMPTY_SAMPLE);
  // Scaled to the minimum number of past articles, so that a verdict is possible at once.
  return {
    recent,
    usual: sum.articles === 0 ? sum : scaleSample(sum, MIN_PAST_ARTICLES / sum.articles),
  };
}

/**
 * Compares the last run, the last two together, and the last three together, with the baseline. A
 * difference is drift only if the last run alone has it too.
 */
function driftOf(usual: Sample, recent: readonly Sample[]): Drift[] {
  const last = recent.at(-1);
  if (!last || usual.articles < MIN_PAST_ARTICLES) return [];
  const found = new Map<string, Drift>();
  for (let runs = 1; runs <= recent.length; runs++) {
    const latest = recent.slice(-runs).reduce(addSamples, EMPTY_SAMPLE);
    if (latest.articles + latest.empty < MIN_LATEST_ARTICLES) continue;
    for (const drift of drifted(usual, latest, last)) {
      const key = `${drift.field} ${drift.kind}`;
      if (!found.has(key)) found.set(key, drift);
    }
  }
  return [...found.values()];
}

function drifted(usual: Sample, latest: Sample, last: Sample): Drift[] {
  const counts: [WatchedField, Drift["kind"], (sample: Sample) => number][] = [
    ...WATCHED_FIELDS.flatMap((field): typeof counts => [
      [field, "missing", ({ missing }) => missing[field] ?? 0],
      [field, "unselected", ({ unselected }) => unselected[field] ?? 0],
    ]),
    ["title", "repeated", ({ repeated }) => repeated],
    ["title", "contradicted", ({ contradicted }) => contradicted.title ?? 0],
    ["publishedAt", "contradicted", ({ contradicted }) => contradicted.publishedAt ?? 0],
  ];
  const byCount = counts.flatMap(([field, kind, of]): Drift[] => {
    const bad = { count: of(latest), of: latest.articles };
    const share = of(usual) / usual.articles;
    const rises =
      isRise(bad, share, usual.articles) && of(last) >= (share + MIN_SHARE_RISE) * last.articles;
    return rises && last.articles > 0
      ? [{ field, kind, ...bad, usual: share, now: bad.count / bad.of }]
      : [];
  });
  const pages = latest.articles + latest.empty;
  const share = usual.empty / (usual.articles + usual.empty);
  const empty = { count: latest.empty, of: pages };
  const isEmpty =
    isRise(empty, share, usual.articles) &&
    last.empty >= (share + MIN_SHARE_RISE) * (last.articles + last.empty);
  return [
    ...byCount,
    ...(isEmpty
      ? [
          {
            field: "text",
            kind: "empty",
            ...empty,
            usual: share,
            now: empty.count / pages,
          } as const,
        ]
      : []),
    ...measured("length", usual, latest, last),
    ...measured("shared", usual, latest, last),
  ];
}

function within(sample: Sample): Sample {
  return sample.articles > MAX_PAST_ARTICLES
    ? scaleSample(sample, MAX_PAST_ARTICLES / sample.articles)
    : sample;
}

/** Whether a share rose by at least `MIN_SHARE_RISE`, not by chance (one-sided binomial test). */
function isRise({ count, of }: { count: number; of: number }, share: number, past: number) {
  if (of < MIN_LATEST_ARTICLES || count / of - share < MIN_SHARE_RISE) return false;
  const usual = (share * past + 0.5) / (past + 1);
  let term = (1 - usual) ** of;
  let tail = count === 0 ? 1 : 0;
  for (let k = 1; k <= of; k++) {
    term *= ((of - k + 1) / k) * (usual / (1 - usual));
    if (k >= count) tail += term;
  }
  return tail < MAX_P_VALUE;
}

function measured(kind: "length" | "shared", usual: Sample, latest: Sample, last: Sample): Drift[] {
  const n = latest.articles;
  if (n < MIN_LATEST_ARTICLES || last.articles === 0) return [];
  const before = mean(usual[kind], usual.articles);
  const now = mean(latest[kind], n);
  const spread = Math.max(MIN_SPREAD[kind], deviation(usual[kind], usual.articles));
  const change = (value: number) => (kind === "length" ? Math.abs(value - before) : value - before);
  const isLarge = (value: number) => change(value) > MIN_MEASURE_CHANGE[kind];
  if (!isLarge(now) || !isLarge(mean(last[kind], last.articles))) return [];
  if (change(now) < (MIN_STANDARD_ERRORS * spread) / Math.sqrt(n)) return [];
  const shown = kind === "length" ? Math.exp : (value: number) => value;
  return [{ field: "text", kind, count: n, of: n, usual: shown(before), now: shown(now) }];
}

function mean({ sum }: Sums, n: number): number {
  return sum / n;
}

function deviation({ sum, squares }: Sums, n: number): number {
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
}
