import type { PortalThen, ThenItem } from "../../admin/then-deps.ts";
import type { Article } from "../../model/article.ts";
import { toItem, toVisible } from "../../model/item.ts";
import { changesOfArticles } from "../../store/history.ts";
import { readLatest } from "../../store/latest.ts";
import type { Store } from "../../store/store.ts";
import { changedAt, tailSeq } from "../../store/stream-points.ts";

/** Articles of a page, those that are looked at together, and looks at most. */
const SHOWN = 40;
const BATCH = 50;
const LOOKS = 10;

/**
 * What the portal's list showed at a time, newest first, from the change stream: up to 40 articles dated
 * before `until`. Erased ones are left out, and so are those whose keeping time is over.
 */
export async function portalThen(store: Store, time: Date, until: Date): Promise<PortalThen> {
  const items: ThenItem[] = [];
  const kept = await keptFrom(store);
  if (kept && time < kept) return { keptFrom: kept, items, next: null };
  let next: Date | null = until < time ? until : time;
  for (let looks = 0; next && looks < LOOKS && items.length < SHOWN; looks++) {
    const end: Date = next;
    const found = await readLatest(store.collections.articles, "sortAt", {
      now: end,
      limit: BATCH,
    });
    const dated = found.filter(({ sortAt }) => sortAt <= end);
    items.push(...(await shownOf(store, dated, time)));
    const last = dated.at(-1);
    next = last && found.length === BATCH ? new Date(last.sortAt.getTime() - 1) : null;
  }
  const shown = items.slice(0, SHOWN);
  const cut = items.length > SHOWN ? shown.at(-1)?.item.sortAt : null;
  return { keptFrom: kept, items: shown, next: cut ? new Date(cut.getTime() - 1) : next };
}

/** Since when the stream is kept; null where all of it is. */
async function keptFrom(store: Store): Promise<Date | null> {
  const tail = await tailSeq(store);
  return tail === 0 ? null : changedAt(store, tail + 1);
}

async function shownOf(store: Store, articles: Article[], time: Date): Promise<ThenItem[]> {
  const known = articles.filter(
    ({ firstSeenAt, contentHash }) => firstSeenAt <= time && contentHash !== "",
  );
  const ids = known.map(({ _id }) => _id);
  const changes = await changesOfArticles(store, ids);
  return known.flatMap((today) => {
    const told = [...(changes.get(today._id) ?? []), ...today.pending].toSorted(
      (a, b) => a.version - b.version,
    );
    const later = told.find(({ at }) => at > time);
    const listed = later ? (later.before?.listed ?? false) : toVisible(today).listed;
    if (!listed) return [];
    const then = later ? told.findLast(({ at }) => at <= time)?.item : undefined;
    const item = then ?? toItem(today);
    const { status, duplicateOf, version } = today;
    // Of a change that is no longer kept only what lists read of it is known.
    const sure = !later || then !== undefined;
    return { item, sure, today: { status, duplicateOf, version } };
  });
}
