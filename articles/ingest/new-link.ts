import type { FoundLink, Lane, Link } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";

/** A link as it enters the store: due, never tried. */
export function newLink(
  found: FoundLink,
  context: {
    id: string;
    source: Pick<SourceRecord, "_id">;
    runId: string;
    lane: Lane;
    now: Date;
    parentId: string | null;
  },
): Link {
  const { id, source, runId, lane, now, parentId } = context;
  return {
    _id: id,
    url: found.url,
    foundUrl: found.url,
    host: new URL(found.url).host,
    sourceId: source._id,
    kind: found.kind,
    lane,
    state: "due",
    dueAt: now,
    runId,
    parentId,
    page: found.page,
    attempts: 0,
    claim: null,
    hops: [],
    hints: found.hints,
    validators: {},
    notModified: 0,
    reason: null,
    detail: null,
    captureId: null,
    articleId: null,
    outcome: null,
    firstSeenAt: now,
    doneAt: null,
  };
}
