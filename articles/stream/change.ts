import { z } from "zod";
import { withoutTeaser } from "../../model/articles/editorial.ts";
import type { Item } from "../../model/articles/item.ts";
import { REVISION_KINDS, type RevisionKind } from "../../model/articles/revision.ts";
import type { Change } from "../../model/publish/change.ts";
import { type Filter, kindFor } from "../../model/publish/filter.ts";
import type { PublicSource } from "../../store/sources/directory.ts";
import { ApiItem, withinRights } from "./item.ts";

const REVISION_NAMES = Object.keys(REVISION_KINDS) as [RevisionKind, ...RevisionKind[]];

/** A change as readers get it. */
export const ApiChange = z.object({
  seq: z
    .int()
    .describe(
      "Grows; numbers are left out where the reader could see the article neither before nor after",
    ),
  kind: z
    .enum(["created", "updated", "retracted", "merged"])
    .describe("An article that enters the filter is created, one that leaves it is retracted"),
  articleId: z.string(),
  version: z.int(),
  at: z.iso.datetime(),
  revision: z
    .object({ revision: z.int(), kind: z.enum(REVISION_NAMES), because: z.string().nullable() })
    .nullable()
    .describe(
      "What changed in the article itself; null where headline and text are as they were. `because` is null where it could quote what is reserved",
    ),
  item: ApiItem.nullable().describe("null when the article was retracted"),
});

function withoutTeasers({ edited, ...item }: Item): Item {
  const words = withoutTeaser(edited);
  return { ...item, teaser: null, ...(words && { edited: words }) };
}

/** What a reader with this filter is told of changes, within the rights of their sources. */
export function tell(
  changes: readonly Change[],
  filter: Filter,
  sources: ReadonlyMap<string, PublicSource>,
) {
  return changes.flatMap((change) => {
    const kind = kindFor(change, filter);
    if (kind === null) return [];
    const { seq, articleId, version, at, withheld } = change;
    const item = withheld?.teaser ? withoutTeasers(change.item) : change.item;
    const { revision: told = null } = change;
    // Why there is a revision may quote what it was before.
    const revision = told && withheld ? { ...told, because: null } : told;
    const gone = kind === "retracted";
    const given = gone ? null : withinRights(item, sources.get(item.sourceId));
    return { seq, kind, articleId, version, at, revision, item: given };
  });
}
