import { setTimeout } from "node:timers/promises";
import { writeArticles } from "../../store/articles/articles.ts";
import {
  getFingerprints,
  getPlaces,
  type Settlement,
  settleStandings,
  staleFingerprints,
  staleSince,
} from "../../store/articles/fingerprints.ts";
import type { Store } from "../../store/store.ts";
import { compareOutdated } from "./compare-anew.ts";
import { type Restanding, restand } from "./graph.ts";
import { moves, outOfLine, representations } from "./sync.ts";

/** Tries while other processes place articles of the same stories; then it is left to upkeep. */
const TRIES = 5;
const PAUSE = 20;
/** What upkeep mends at once, and from which age: younger ones are being placed. */
const BATCH = 200;
const LEFT = 30_000;

/**
 * Writes decided standings after the articles follow them; answers the articles that have to be
 * decided again because something near them moved meanwhile. `open` are such for another reason.
 */
export async function settle(
  store: Store,
  { decided, followed, stories, unsure, left }: Restanding,
  { open, now }: { open: ReadonlySet<string>; now: Date },
): Promise<Set<string>> {
  const settlements = [...decided.values()].flatMap((print): Settlement[] => {
    const { _id: id, version, standing } = print;
    const isStale = unsure.has(id) || open.has(id);
    return standing ? [{ id, version, standing, isStale }] : [];
  });
  const lost = await settleStandings(store, settlements);
  await staleFingerprints(store, [...left], now);
  // Articles may have joined those that moved along before they moved.
  const again = new Set([...open, ...followed, ...unsure, ...left, ...lost]);
  for (const id of await builtOnSand(store, decided)) again.add(id);
  // Of two processes that placed articles of one story, the later one to look here sees both.
  for (const id of await outOfLine(store, sharedOf({ decided, stories }))) again.add(id);
  return again;
}

/** Stories that others than their first article are in, or were until now. */
function sharedOf({ decided, stories }: Pick<Restanding, "decided" | "stories">): Set<string> {
  const prints = [...decided.values()];
  const follows = new Set(
    prints.flatMap(({ _id, standing }) =>
      standing && standing.story !== _id ? standing.story : [],
    ),
  );
  return new Set(
    [...stories].filter((story) => {
      const first = decided.get(story);
      return follows.has(story) || !first || (first.rulings?.length ?? 0) > 0;
    }),
  );
}

/** Articles whose standing follows one that stands elsewhere by now. */
async function builtOnSand(store: Store, decided: Restanding["decided"]): Promise<string[]> {
  const bonded = [...decided.values()].filter(({ standing }) => standing?.bond);
  const bases = new Set(bonded.map(({ standing }) => standing?.bond?.with ?? ""));
  const now = await getPlaces(store, [...bases]);
  return bonded
    .filter(({ standing }) => {
      const base = now.get(standing?.bond?.with ?? "")?.standing;
      const isEvent = standing?.bond?.kind === "same event";
      return base?.story !== standing?.story || (!isEvent && base?.origin !== standing?.origin);
    })
    .map(({ _id }) => _id);
}

/** Decides standings anew and brings the articles in line with them; answers what it couldn't, and leaves that to upkeep. */
export async function mendStories(
  store: Store,
  ids: Iterable<string>,
  now: () => Date,
): Promise<{ moved: number; open: Set<string> }> {
  let open = new Set(ids);
  let moved = 0;
  for (let tries = 0; open.size > 0 && tries < TRIES; tries++) {
    // Not all at the same moment again.
    if (tries > 0) await setTimeout(PAUSE * tries * (0.5 + Math.random()));
    const seeds = [...(await getFingerprints(store, [...open])).values()];
    const standing = await restand(store, seeds);
    const writes = await moves(store, await representations(store, standing, []), now());
    const lost = await writeArticles(store, writes);
    moved += writes.length - lost.length;
    const again = new Set(lost.map(({ article }) => article._id));
    open = await settle(store, standing, { open: again, now: now() });
  }
  await staleFingerprints(store, [...open], now());
  return { moved, open };
}

/** Decides what processes that ended, or met each other, left undecided, and what an older version left. */
export async function mendStale(store: Store, now: () => Date): Promise<number> {
  const ids = await staleSince(store, new Date(now().getTime() - LEFT), BATCH);
  if (ids.length === 0) return 0;
  await compareOutdated(store, ids, now());
  return (await mendStories(store, ids, now)).moved;
}
