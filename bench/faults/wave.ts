import type { Random } from "../../demo/random.ts";
import type { SeenRequest, TrueArticle } from "../../demo/truth.ts";
import { sleep } from "../../lib/time.ts";
import { articlesWithPending } from "../../store/articles/articles.ts";
import type { Stage } from "./stage.ts";

/** Sites that are added together; one fault is injected while they are fetched. */
export interface Wave {
  ids: string[];
  hosts: ReadonlySet<string>;
  articles: TrueArticle[];
  /** When the wave was added, epoch ms. */
  since: number;
}

export const SITES_PER_WAVE = 4;
/** In addition to robots.txt, feed and listing. */
export const ARTICLES_PER_SITE = 6;

const POLL_INTERVAL_MS = 50;

/**
 * Adds the sites of wave number `index` to the daemon. If `browser` is true, one of the sites needs
 * the browser.
 */
export async function startWave(
  stage: Stage,
  index: number,
  options: { browser: boolean; every?: string },
): Promise<Wave> {
  const { world } = stage;
  const chosen = world.sources.slice(index * SITES_PER_WAVE, (index + 1) * SITES_PER_WAVE);
  const ids = chosen.map(({ id }) => id);
  const articles = world.truth.articles.filter(({ sourceId }) => ids.includes(sourceId));
  const since = Date.now();
  const { browser, every = "6h" } = options;
  await stage.announce(
    chosen.map(({ id, yaml }, at) => {
      const again = yaml.replace("every: 10m", `every: ${every}`);
      const rendered = browser && at === 0;
      return { id, yaml: rendered ? again.replace("render: http", "render: browser") : again };
    }),
  );
  return { ids, articles, since, hosts: new Set(articles.map(({ url }) => new URL(url).host)) };
}

export function requestsOf({ world }: Stage, { hosts }: Wave, since = 0): SeenRequest[] {
  return world
    .report()
    .requests.filter(
      ({ host, kind, start }) => kind === "page" && hosts.has(host) && start >= since,
    )
    .toSorted((a, b) => a.start - b.start);
}

/**
 * Waits until a random number of the wave's requests were made, and then for a short random pause.
 * Gives up after a minute, because the machine can be slow, or the previous fault can still be in
 * effect.
 */
export async function untilMidway(stage: Stage, wave: Wave, random: Random): Promise<void> {
  const total = wave.articles.length + 3 * SITES_PER_WAVE;
  const count = random.int(3, Math.floor(total / 2));
  const deadline = Date.now() + 60_000;
  while (requestsOf(stage, wave).length < count && Date.now() < deadline)
    await sleep(POLL_INTERVAL_MS);
  await sleep(random.int(0, 400));
}

/**
 * Waits until all articles of the wave are stored and its runs are closed. Returns false if
 * `isLate` returns true first.
 */
export function untilStored(stage: Stage, wave: Wave, isLate: () => boolean): Promise<boolean> {
  return until(() => isStored(stage, wave), isLate);
}

/** Waits until every change is in the stream. Returns false if `isLate` returns true first. */
export function untilTold({ running }: Stage, isLate: () => boolean): Promise<boolean> {
  const pending = () => articlesWithPending(running.store, new Date(), 1);
  return until(async () => (await pending()).length === 0, isLate);
}

export function after(patience: number): () => boolean {
  const deadline = Date.now() + patience;
  return () => Date.now() > deadline;
}

/**
 * Repeats a check every `pauseMs` until it returns true, and ignores errors. Returns false if
 * `isLate` returns true first.
 */
export async function until(
  is: () => Promise<boolean>,
  isLate: () => boolean,
  pauseMs = 200,
): Promise<boolean> {
  while (!isLate()) {
    if (await is().catch(() => false)) return true;
    await sleep(pauseMs);
  }
  return false;
}

/**
 * Whether all articles of these sources are stored, each source has had a run, and no run is open.
 */
export async function isStored(
  { running }: Stage,
  { ids, articles }: Pick<Wave, "ids" | "articles">,
): Promise<boolean> {
  const { store } = running;
  const { sources } = store.collections;
  const stored = await store.collections.articles.countDocuments({ sourceId: { $in: ids } });
  if (stored < articles.length) return false;
  const records = await sources.find({ _id: { $in: ids } }).toArray();
  return !records.some(({ openRunId, lastAttemptAt }) => openRunId || !lastAttemptAt);
}
