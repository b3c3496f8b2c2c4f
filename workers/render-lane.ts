import type { Host } from "../model/host.ts";
import type { Lane, LinkKind } from "../model/link.ts";
import type { SourceRecord } from "../model/source.ts";

/** A remembered need of the browser is believed this long; then HTTP is tried again. */
const BELIEVED = 7 * 86_400_000;

/** Under which key a host remembers what a source's pages of a kind need. */
export function verdictKey(sourceId: string, kind: LinkKind): string {
  return `${sourceId} ${kind}`;
}

/** The lane that a source's articles on a host have to take. */
export function laneFor(
  source: Pick<SourceRecord, "_id" | "render">,
  host: Pick<Host, "render"> | null,
  now: Date,
): Lane {
  if (source.render !== "auto") return source.render;
  const verdict = host?.render[verdictKey(source._id, "article")];
  const believed = verdict && now.getTime() - verdict.at.getTime() < BELIEVED;
  return believed ? verdict.lane : "http";
}
