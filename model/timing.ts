import type { ArticleFields } from "./extraction.ts";
import type { Origin } from "./story.ts";

/** How an article came to us and on to readers, in seconds: what figures are made of. */
export interface Timing {
  /** From its publication to our first look; null where its page tells no instant. */
  seenAfter: number | null;
  /** From our first look until readers could see it; null where they can't, or it was not told. */
  servedAfter: number | null;
  /** Whose text it took over; null for a text of its own. */
  origin: Origin | null;
}

/** The timing of an article as it stands. */
export function timingOf(
  article: Pick<ArticleFields, "publishedAt" | "publishedPrecision"> & {
    firstSeenAt: Date;
    servedAt?: Date | null;
    origin?: Origin | null;
  },
): Timing {
  const { publishedAt, publishedPrecision, firstSeenAt, servedAt, origin = null } = article;
  const isExact = publishedPrecision === "instant";
  return {
    seenAfter: isExact && publishedAt ? seconds(publishedAt, firstSeenAt) : null,
    servedAfter: servedAt ? seconds(firstSeenAt, servedAt) : null,
    origin,
  };
}

function seconds(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
