import { piecesOf } from "../../lib/pieces.ts";
import type { Counterpart, Promotion, Side } from "../../model/archive/side.ts";
import { findIn } from "../queries.ts";
import type { Store } from "../store.ts";
import { insertedBefore, removeEach } from "../writes.ts";
import { pack, type StoredCounterpart, unpack } from "./packed-fingerprint.ts";

/** Documents that are written, read or removed at once. */
const PIECE = 50;
/** Ids that are read at once. */
const MANY = 10_000;
const ID = { projection: { _id: 1 } };
const BYTES = { promoteBuffers: true };

/** A side; null where there is none of that name. */
export function getSide(store: Store, name: string): Promise<Side | null> {
  return store.collections.sides.findOne({ _id: name });
}

/** All sides, the newest first; there are few. */
export async function listSides(store: Store): Promise<Side[]> {
  const sides = await store.collections.sides.find().toArray();
  return sides.toSorted((a, b) => b.begunAt.getTime() - a.begunAt.getTime());
}

/** Keeps a side as it begins; false where there is one of its name. */
export async function addSide(store: Store, side: Side): Promise<boolean> {
  const taken = await insertedBefore(
    store.collections.sides.insertMany([side], { ordered: false }),
  );
  return taken.size === 0;
}

/** Takes a side over from whoever worked on it. */
export async function takeSide(store: Store, name: string, owner: string): Promise<void> {
  await store.collections.sides.updateOne({ _id: name }, { $set: { owner } });
}

/** Keeps how far a side is; throws when another process has taken it on. */
export async function keepSide(
  store: Store,
  { _id, owner }: Side,
  set: Partial<Pick<Side, "state" | "done" | "score" | "writing">>,
): Promise<void> {
  const { matchedCount } = await store.collections.sides.updateOne({ _id, owner }, { $set: set });
  if (matchedCount === 0) throw new Error("another process goes on with this side, or dropped it");
}

/** Puts counterparts in the place of those of the same articles on their side. */
export async function putCounterparts(store: Store, all: readonly Counterpart[]): Promise<void> {
  for (const piece of piecesOf(all, PIECE)) {
    await store.collections.counterparts.bulkWrite(
      piece.map((counterpart) => {
        const { _id, ...replacement } = packed(counterpart);
        return { replaceOne: { filter: { _id }, replacement, upsert: true } };
      }),
      { ordered: false },
    );
  }
}

/**
 * Ids of counterparts of a side that nothing has become of yet, many at once: the embedded database
 * reads all that an equality fits before it keeps to a limit, so asked for batch by batch a side costs its square.
 */
export async function openCounterparts(store: Store, side: string): Promise<string[]> {
  return idsOf(store, { side, state: "open" });
}

async function idsOf(
  { collections: { counterparts } }: Store,
  which: { side: string; state?: "open" },
): Promise<string[]> {
  const rows = await counterparts.find(which, ID).limit(MANY).toArray();
  return rows.map(({ _id }) => _id);
}

/** Counterparts by their ids, but those that are gone or that something has become of. */
export async function stillOpen(store: Store, ids: readonly string[]): Promise<Counterpart[]> {
  const found = await findIn(store.collections.counterparts, "_id", ids, BYTES);
  return found.filter(({ state }) => state === "open").map(unpacked);
}

/** What is shown of a counterpart in a list. */
export type CounterpartRow = Pick<
  Counterpart,
  "articleId" | "state" | "left" | "visible" | "changes" | "fields"
>;

const ROW = { articleId: 1, state: 1, left: 1, visible: 1, changes: 1, fields: 1 };

/** Counterparts of a side, of all fields or of those that differ in one, from the `skip`th on. */
export function listCounterparts(
  store: Store,
  { side, field, skip, limit }: { side: string; field: string | null; skip: number; limit: number },
): Promise<CounterpartRow[]> {
  return store.collections.counterparts
    .find(field === null ? { side } : { side, fields: field })
    .project<CounterpartRow>(ROW)
    .skip(skip)
    .limit(limit)
    .toArray();
}

/** What an article would be on a side; null where it would be as it is. */
export async function getCounterpart(
  store: Store,
  side: string,
  articleId: string,
): Promise<Counterpart | null> {
  const found = await store.collections.counterparts.findOne(
    { _id: counterpartId(side, articleId) },
    BYTES,
  );
  return found && unpacked(found);
}

/** Notes what became of counterparts; of promoted ones nothing but that is kept. */
export async function settleCounterparts(
  store: Store,
  settled: readonly { id: string; left: string | null }[],
): Promise<void> {
  if (settled.length === 0) return;
  await store.collections.counterparts.bulkWrite(
    settled.map(({ id, left }) => ({
      updateOne: {
        filter: { _id: id },
        update: {
          $set:
            left === null
              ? ({ state: "promoted", draft: null, page: null } as const)
              : ({ state: "left", left } as const),
        },
      },
    })),
    { ordered: false },
  );
}

/** What became of a side's counterparts so far. */
export async function promotionOf(store: Store, side: string): Promise<Promotion> {
  const { counterparts } = store.collections;
  const [open, promoted] = await Promise.all(
    (["open", "promoted"] as const).map((state) => counterparts.countDocuments({ side, state })),
  );
  const left: Promotion["left"] = {};
  const rows = counterparts.find({ side, state: "left" }).project<{ left: string }>({ left: 1 });
  for await (const { left: why } of rows) left[why] = (left[why] ?? 0) + 1;
  return { open: open ?? 0, promoted: promoted ?? 0, left };
}

/** Removes a side with its counterparts; answers how many. Stopped on the way, it can be done again. */
export async function dropSide(store: Store, side: string): Promise<number> {
  const { counterparts, sides } = store.collections;
  for (let dropped = 0; ; ) {
    const ids = await idsOf(store, { side });
    if (ids.length === 0) {
      await sides.deleteOne({ _id: side });
      return dropped;
    }
    for (const piece of piecesOf(ids, PIECE)) {
      dropped += await removeEach(
        counterparts,
        piece.map((_id) => ({ _id })),
      );
    }
  }
}

/** Removes what articles would be, on every side. */
export async function dropCounterpartsOf(store: Store, articleIds: string[]): Promise<void> {
  const { counterparts } = store.collections;
  const found = await findIn(counterparts, "articleId", articleIds, ID);
  await removeEach(
    counterparts,
    found.map(({ _id }) => ({ _id })),
  );
}

/** The id of what an article would be on a side. */
export function counterpartId(side: string, articleId: string): string {
  return `${side}:${articleId}`;
}

function packed({ page, ...rest }: Counterpart): StoredCounterpart {
  return { ...rest, page: page && { ...page, features: pack(page.features) } };
}

function unpacked({ page, ...rest }: StoredCounterpart): Counterpart {
  if (!page) return { ...rest, page };
  return { ...rest, page: { ...page, features: unpack(page.features) } };
}
