import type { Forecast } from "../../model/sources/schedule.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import { expectedItems } from "./adaptive.ts";
import { nextDue } from "./next-due.ts";

/** Visits that are foreseen at most. */
const MAX_VISITS = 400;
/** Pieces that a gap between visits is weighed in. */
const PIECES_PER_GAP = 8;

type Foreseen = Pick<
  SourceRecord,
  | "_id"
  | "schedule"
  | "nextDueAt"
  | "arrivals"
  | "failures"
  | "ttl"
  | "lastAttemptAt"
  | "paused"
  | "pausedByOperator"
>;

/**
 * When a source is looked at until `until` if nothing changes, and how long an article that appears
 * meanwhile waits for that on average: each moment weighs as much as the arrival model expects of it.
 */
export function forecast(source: Foreseen, now: Date, until: Date): Forecast {
  const visits: Date[] = [];
  const { _id: id, arrivals, failures: problems, ttl } = source;
  let next = source.nextDueAt;
  while (next && next <= until && visits.length < MAX_VISITS) {
    const at: Date = next < now ? now : next;
    visits.push(at);
    const after = new Date(at.getTime() + 1);
    next = nextDue(source, { id, now: after, lastRunAt: at, arrivals, problems, ttl });
  }
  const items = arrivals && arrivals.hours > 0 ? expectedItems(arrivals, now, until) : null;
  // While it is paused nobody waits for it: articles of years would be weighed.
  if (visits.length === 0 && isPaused(source, now)) return { visits, delay: null, items };
  return { visits, delay: delayOf(next ? [...visits, next] : visits, source, now), items };
}

function delayOf(visits: Date[], { arrivals }: Foreseen, now: Date): number | null {
  let [weight, waited] = [0, 0];
  let from = now;
  for (const visit of visits) {
    const piece = (visit.getTime() - from.getTime()) / PIECES_PER_GAP;
    for (let n = 0; n < PIECES_PER_GAP; n++) {
      const start = new Date(from.getTime() + n * piece);
      const expected = expectedItems(arrivals, start, new Date(start.getTime() + piece));
      weight += expected;
      waited += expected * (visit.getTime() - start.getTime() - piece / 2);
    }
    from = visit;
  }
  return weight > 0 ? waited / weight : null;
}
