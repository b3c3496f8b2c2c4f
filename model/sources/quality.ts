import { type FieldName, MEASURED_FIELDS } from "../articles/fields.ts";

/** The counts from which fill rates are computed. */
export interface FillCounts {
  articles: number;
  /** Sum of the articles' field scores. */
  fieldScore: number;
  /** For each field, the number of articles that have the field. */
  fields: Partial<Record<FieldName, number>>;
}

/** How many of a source's latest articles have each field. `_id` is the source's id. */
export interface Quality {
  _id: string;
  /** Counts that become `previous` after `QUALITY_WINDOW_ARTICLES` articles. */
  current: FillCounts;
  previous: FillCounts;
}

/** Fill rates of a source's latest articles: the share that has each field, 0 to 1. */
export interface Fill {
  articles: number;
  /** Mean field score of the latest articles. */
  fieldScore: number;
  fields: Partial<Record<FieldName, number>>;
}

/** Counting restarts after this many articles, so fill rates cover the last 100 to 200. */
export const QUALITY_WINDOW_ARTICLES = 100;

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
