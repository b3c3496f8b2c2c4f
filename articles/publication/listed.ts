import type { Article, UnlistedReason } from "../../model/articles/article.ts";
import { EDITORIAL_STATES } from "../../model/articles/editorial.ts";
import { type Draft, standing } from "./article.ts";

type Listed = Pick<Draft, "status" | "unlisted" | "lapsesAt" | "pinnedUntil">;

/**
 * Whether readers get to see an article now, and pinned; and until when that holds by itself. They don't while it
 * waits for an editor, is of too little relevance (unless an editor published it), under embargo or
 * expired; one that was taken back stays so.
 */
export function listed(
  article: Draft,
  before: Pick<Article, "unlisted" | "lapsesAt"> | null,
  now: Date,
): Listed {
  const { lapsesAt: ends, ...seen } = decided(article, before, now);
  const { pinnedUntil = null } = article;
  const pin = pinnedUntil && pinnedUntil > now ? pinnedUntil : null;
  const lapsesAt = earliest(ends, pin);
  return {
    ...seen,
    ...((lapsesAt ?? before?.lapsesAt) && { lapsesAt }),
    ...(pinnedUntil && { pinnedUntil: pin }),
  };
}

function decided(
  { status, unlisted, editorial, evidence, heldUntil, times }: Draft,
  before: Pick<Article, "unlisted"> | null,
  now: Date,
): Listed {
  if (status === "retracted") return { status, unlisted: null };
  const hidden = (reason: UnlistedReason, detail: string, lapsesAt: Date | null): Listed => {
    const at = before?.unlisted?.at ?? now;
    return { status: "unlisted", unlisted: { reason, detail, at }, lapsesAt };
  };
  const { state = "published", said = false } = editorial ?? {};
  if (state !== "published") {
    return hidden("waits for an editor", `${state}: ${EDITORIAL_STATES[state]}`, null);
  }
  if (!said) {
    const { relevance } = evidence;
    const weighed = relevance
      ? standing(relevance, before, now)
      : { unlisted: unlisted?.reason === "below relevance" ? unlisted : null };
    if (weighed.unlisted) return { status: "unlisted", unlisted: weighed.unlisted };
  }
  const embargo = latest(heldUntil, times?.embargo);
  if (embargo && embargo > now) return hidden("embargo", `until ${embargo.toISOString()}`, embargo);
  const { expires } = times ?? {};
  if (expires && expires <= now) return hidden("expired", `at ${expires.toISOString()}`, null);
  return { status: "published", unlisted: null, lapsesAt: expires ?? null };
}

function earliest(one?: Date | null, other?: Date | null): Date | null {
  if (!one || !other) return one ?? other ?? null;
  return one < other ? one : other;
}

function latest(one?: Date | null, other?: Date | null): Date | null {
  if (!one || !other) return one ?? other ?? null;
  return one > other ? one : other;
}
