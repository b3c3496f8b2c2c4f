import type { Change } from "../model/change.ts";
import type { Revision } from "../model/revision.ts";
import { findIn } from "./find-in.ts";
import type { Store } from "./store.ts";
import { withRevisionTexts } from "./texts.ts";

/** The changes of the stream that are kept of articles, by article. */
export async function changesOfArticles(
  { collections }: Store,
  ids: readonly string[],
): Promise<Map<string, Change[]>> {
  return grouped(await findIn(collections.changes, "articleId", ids));
}

/** The revisions of articles without their markup, by article. */
export async function revisionsOfArticles(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Revision[]>> {
  const projection = { "fields.html": 0 };
  const found = await findIn(store.collections.revisions, "articleId", ids, { projection });
  return grouped(await withRevisionTexts(store, found));
}

function grouped<T extends { articleId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.articleId);
    if (group) group.push(row);
    else groups.set(row.articleId, [row]);
  }
  return groups;
}
