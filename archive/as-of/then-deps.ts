import type { Article } from "../../model/article.ts";
import type { Filter } from "../../model/filter.ts";
import type { Item } from "../../model/item.ts";

/** Which page of the portal is asked for: its list, that of a category or place, or of a day (`YYYY-MM-DD`). */
export interface ThenPage {
  where: Filter;
  day?: string | undefined;
}

/** An article as the portal showed it at a time, and how it stands today. */
export interface ThenItem {
  item: Item;
  /** False where the words are today's: the change that told those of then is no longer kept. */
  sure: boolean;
  today: Pick<Article, "status" | "duplicateOf" | "version">;
}

/** What the portal showed at a time. */
export interface PortalThen {
  /** Since when that can be told; null where always. */
  keptFrom: Date | null;
  items: ThenItem[];
  /** Where older ones begin; null where there are none. */
  next: Date | null;
}
