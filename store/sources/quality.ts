import {
  type Fill,
  type FillCounts,
  fillOf,
  QUALITY_WINDOW_ARTICLES,
} from "../../model/sources/health.ts";
import { findIn } from "../queries.ts";
import type { Store } from "../store.ts";

/**
 * Adds new counts to the `current` counts of sources; `counts` has them by source id. When
 * `current` has enough articles, it becomes `previous`, and `current` starts again at zero.
 */
export async function countQuality(store: Store, counts: Map<string, FillCounts>): Promise<void> {
  if (counts.size === 0) return;
  const { quality } = store.collections;
  // One command for both steps, in order.
  await quality.bulkWrite([
    ...[...counts].map(([sourceId, { articles, fieldScore, fields }]) => ({
      updateOne: {
        filter: { _id: sourceId },
        update: {
          $inc: {
            "current.articles": articles,
            "current.fieldScore": fieldScore,
            ...Object.fromEntries(
              Object.entries(fields).map(([name, count]) => [`current.fields.${name}`, count]),
            ),
          },
          $setOnInsert: { previous: NONE },
        },
        upsert: true,
      },
    })),
    {
      updateMany: {
        filter: {
          _id: { $in: [...counts.keys()] },
          "current.articles": { $gte: QUALITY_WINDOW_ARTICLES },
        },
        update: [{ $set: { previous: "$current", current: NONE } }],
      },
    },
  ]);
}

const NONE: FillCounts = { articles: 0, fieldScore: 0, fields: {} };

export async function getFill(store: Store, sourceId: string): Promise<Fill | null> {
  const found = await store.collections.quality.findOne({ _id: sourceId });
  return found && fillOf(found);
}

/**
 * Returns for each source that has articles the share of articles with each field. If `ids` is
 * missing, reads up to 1,000 sources.
 */
export async function readFill(store: Store, ids?: string[]): Promise<Map<string, Fill>> {
  const { quality } = store.collections;
  const found = await (ids ? findIn(quality, "_id", ids) : quality.find().limit(1000).toArray());
  return new Map(
    found.flatMap(({ _id, current, previous }) => {
      const fill = fillOf({ current, previous });
      return fill ? [[_id, fill] as const] : [];
    }),
  );
}
