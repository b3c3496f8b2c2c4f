import type { ChangeKind } from "./article.ts";
import type { Item } from "./item.ts";
import type { RevisionTold } from "./revision.ts";
import type { Visible } from "./visible.ts";

/** What of a change readers no longer get. */
export type Withheld = Partial<Record<"item" | "teaser", true>>;

/** One entry of the gap-free stream: `seq` counts 1, 2, 3, ... without holes. */
export interface Change {
  seq: number;
  articleId: string;
  version: number;
  kind: ChangeKind;
  /** What consumers filter by, before this change; null when the article was new. */
  before: Visible | null;
  item: Item;
  /** The revision that it brings; missing where the text is as it was. */
  revision?: RevisionTold;
  reserves?: true;
  /** What readers no longer get of it: a later version was taken from them (`item`), or reserves something (`teaser`). */
  withheld?: Withheld;
  at: Date;
}
