import { DAY_MS, HOUR_MS } from "../../lib/time.ts";
import type { RightsDocument } from "../../model/usage-rights.ts";
import type { FileAnswer } from "../robots/robots.ts";
import type { NamedDocument } from "./page-signals.ts";
import { parseRsl } from "./rsl.ts";

/**
 * Returns the copy of a licence or policy to store. After no response, a 429 or a 5xx, the previous
 * text remains valid for one more day. After a 3xx or another 4xx, the copy has no text.
 */
export function documentCopy(
  { kind, url }: Pick<NamedDocument, "kind" | "url">,
  answer: FileAnswer,
  previous: RightsDocument | null,
  now: Date,
): RightsDocument {
  const later = (ms: number) => new Date(now.getTime() + ms);
  const status = "status" in answer ? answer.status : null;
  if ("text" in answer && answer.status >= 200 && answer.status < 300) {
    const { text } = answer;
    // A licence is valid for its `max-age` (RSL 1.0 section 3.2.1), a policy for a day.
    const days = kind === "rsl" ? parseRsl(text).maxAgeDays : 1;
    const validUntil = later(days * DAY_MS);
    return { url, text, status, fetchedAt: now, expiresAt: validUntil, validUntil, detail: null };
  }
  const isGone = status !== null && status >= 300 && status < 500 && status !== 429;
  const validUntil = previous?.validUntil ?? null;
  const stillHolds = !isGone && validUntil && now.getTime() - validUntil.getTime() <= DAY_MS;
  const why = "failed" in answer ? answer.failed : `it answered ${status}`;
  return {
    url,
    text: stillHolds && previous ? previous.text : null,
    status,
    fetchedAt: now,
    expiresAt: later(isGone ? DAY_MS : HOUR_MS),
    validUntil: stillHolds ? validUntil : null,
    detail: `the ${kind === "rsl" ? "licence" : "policy"} can't be fetched: ${why}`,
  };
}
