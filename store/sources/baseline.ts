import type { Baseline, Sample } from "../../model/sources/baseline.ts";
import type { Store } from "../store.ts";
import { writeEach } from "../writes.ts";

const MAX_STORED_TITLES = 40;

/** Returns a source's baseline; an empty one if none is stored. */
export async function readBaseline(store: Store, id: string): Promise<Baseline> {
  return (await store.collections.baselines.findOne({ _id: id })) ?? { _id: id };
}

/**
 * Adds a sample of new articles to each source's stored sample of its current run, and stores the
 * articles' titles. The keys of `samples` are source ids.
 */
export async function countSamples(
  store: Store,
  samples: ReadonlyMap<string, { run: Sample; titles: string[] }>,
): Promise<void> {
  await writeEach(store.collections.baselines, [...samples], ([_id, { run, titles }]) => ({
    updateOne: {
      filter: { _id },
      update: {
        $inc: Object.fromEntries(numbersIn("run", run)),
        $push: { titles: { $each: titles, $slice: -MAX_STORED_TITLES } },
      },
      upsert: true,
    },
  }));
}

/**
 * Stores what was learnt from a run. `run` is the sample of the run, as read from the store. If
 * `learnt` has `recent`, which includes this sample, subtracts it from the stored sample. Articles
 * that were counted since the sample was read remain stored, for the next run.
 */
export async function saveBaseline(
  store: Store,
  { _id, run }: Baseline,
  learnt: Partial<Pick<Baseline, "rhythm" | "recent" | "usual">>,
): Promise<void> {
  const taken = run ? numbersIn("run", run).map(([path, count]) => [path, -count] as const) : [];
  const isOver = taken.length > 0 && learnt.recent !== undefined;
  await store.collections.baselines.updateOne(
    { _id },
    {
      ...(Object.keys(learnt).length > 0 && { $set: learnt }),
      ...(isOver && { $inc: Object.fromEntries(taken) }),
    },
    { upsert: true },
  );
}

function numbersIn(path: string, value: object): [string, number][] {
  return Object.entries(value).flatMap(([key, part]): [string, number][] =>
    typeof part === "number"
      ? [[`${path}.${key}`, part]]
      : numbersIn(`${path}.${key}`, part as object),
  );
}
