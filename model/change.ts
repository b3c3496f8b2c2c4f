import type { ChangeKind, Visible } from "./article.ts";
import type { Item } from "./item.ts";
import type { RevisionTold } from "./revision.ts";

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
  at: Date;
}
