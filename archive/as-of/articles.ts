import type { Article, PendingChange } from "../../model/articles/article.ts";
import { evidenceOf } from "../../model/articles/extraction.ts";
import type { Revision } from "../../model/articles/revision.ts";
import type { Change } from "../../model/publish/change.ts";
import type { Position } from "../../store/articles/listing.ts";
import { revisionsOfArticles } from "../../store/articles/revisions.ts";
import { readSlice } from "../../store/articles/slice.ts";
import { changesOfArticles } from "../../store/publish/changes.ts";
import { EPOCH, FAR_FUTURE, type Store } from "../../store/store.ts";

const BATCH_SIZE = 50;
/** Yields the articles known at `time`, sorted by current `sortAt`, without erased ones. */
export async function* articlesAsOf(
  store: Store,
  time: Date,
  from = EPOCH,
): AsyncGenerator<{ article: Article; today: Article }> {
  let after: Position | null = null;
  for (;;) {
    const all = { sourceId: null, since: from, until: FAR_FUTURE };
    const batch: Article[] = await readSlice(store, all, after, BATCH_SIZE);
    const last = batch.at(-1);
    if (!last) return;
    after = { sortAt: last.sortAt, id: last._id };
    const known = batch.filter(
      ({ firstSeenAt, contentHash }) => firstSeenAt <= time && contentHash !== "",
    );
    const ids = known.map(({ _id }) => _id);
    const changes = await changesOfArticles(store, ids);
    const revisions = await revisionsOfArticles(store, ids);
    for (const article of known) {
      const history = [...(changes.get(article._id) ?? []), ...article.pending];
      const past = asOf(article, history, revisions.get(article._id) ?? [], time);
      if (past) yield { article: past, today: article };
    }
  }
}

/** Returns an article as it was known at a time; null if it was created later. */
export function asOf(
  article: Article,
  changes: readonly (Change | PendingChange)[],
  revisions: readonly Revision[],
  time: Date,
): Article | null {
  const byVersion = changes.toSorted((a, b) => a.version - b.version);
  const later = byVersion.find(({ at }) => at > time);
  if (!later) return seenBy(article, time);
  if (later.before === null) return null;
  const item = byVersion.findLast(({ at }) => at <= time)?.item;
  const revision = revisions
    .filter(({ at }) => at <= time)
    .toSorted((a, b) => b.revision - a.revision)[0];
  const { sourceId, country, language, topics, status, day } = item ?? later.before;
  // If the change that set these fields is no longer stored, the next change contains their earlier
  // values.
  const visible = { sourceId, country, language, topics, status, day };
  return seenBy(
    {
      ...article,
      ...fieldsOf(revision),
      ...(item && {
        version: item.version,
        url: item.url,
        region: item.region,
        regionCode: item.regionCode ?? null,
        city: item.city ?? null,
        duplicateOf: item.duplicateOf,
        storyId: item.storyId,
        sortAt: item.sortAt,
        origin: item.timing?.origin ?? null,
      }),
      ...visible,
    },
    time,
  );
}

function fieldsOf(revision: Revision | undefined): Partial<Article> {
  if (!revision) return {};
  const { fields, contentHash, captureId, extractor, sourceVersion } = revision;
  const { title, text, ...rest } = fields;
  const { completeness, fieldScore, provenance = {}, reservations = [] } = revision;
  return {
    ...rest,
    title: title ?? "",
    text: text ?? "",
    revision: revision.revision,
    contentHash,
    captureId,
    extractor,
    sourceVersion,
    reservations,
    completeness,
    evidence: evidenceOf(provenance),
    ...(fieldScore !== undefined && { fieldScore }),
  };
}

/** Sets a later `lastSeenAt` to `firstSeenAt`: the fetches in between aren't recorded. */
function seenBy(article: Article, time: Date): Article {
  const { lastSeenAt, firstSeenAt, servedAt } = article;
  const past = servedAt && servedAt > time ? { ...article, servedAt: null } : article;
  return lastSeenAt <= time ? past : { ...past, lastSeenAt: firstSeenAt };
}
