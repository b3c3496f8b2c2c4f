import { type FieldName, MEASURED_FIELDS } from "../articles/fields.ts";

/** How many articles had each field, and the sum of their field scores. */
export interface FillCounts {
  articles: number;
  fieldScore: number;
  fields: Partial<Record<FieldName, number>>;
}

/** How many of a source's latest articles have each field. `_id` is the source's id. */
export interface Quality {
  _id: string;
  /** Counts up to `QUALITY_WINDOW` articles, then becomes `previous`. */
  current: FillCounts;
  previous: FillCounts;
}

/** Shares (0 to 1) over the latest articles of a source. */
export interface Fill {
  articles: number;
  /** Mean field score of these articles. */
  fieldScore: number;
  fields: Partial<Record<FieldName, number>>;
}

/** Number of articles in half of the window. Fill rates cover the last 100 to 200 articles. */
export const QUALITY_WINDOW = 100;

/** Returns the fill rates of a source's latest articles; null if it has none. */
export function fillOf({ current, previous }: Omit<Quality, "_id">): Fill | null {
  const articles = current.articles + previous.articles;
  if (articles === 0) return null;
  const share = (sum: number) => Math.round((sum / articles) * 1000) / 1000;
  const fields: Fill["fields"] = {};
  for (const name of MEASURED_FIELDS) {
    fields[name] = share((current.fields[name] ?? 0) + (previous.fields[name] ?? 0));
  }
  return { articles, fieldScore: share(current.fieldScore + previous.fieldScore), fields };
}
