import { DAY_MS, formatDuration, HOUR_MS } from "../../lib/time.ts";
import { type Forecast, scheduleWords } from "../../model/sources/schedule.ts";
import { isPaused, pauseOf, type SourceRecord } from "../../model/sources/source.ts";
import { expectedItems, nextDue } from "./next-due.ts";

const MAX_VISITS = 400;
const PIECES_PER_GAP = 8;

/** Predicts a source's visits and the number of its new articles, from `now` to `until`. */
export function forecast(source: SourceRecord, now: Date, until: Date): Forecast {
  const visits: Date[] = [];
  const { arrivals } = source;
  let next = source.nextDueAt;
  while (next && next <= until && visits.length < MAX_VISITS) {
    const at: Date = next < now ? now : next;
    visits.push(at);
    const after = new Date(at.getTime() + 1);
    next = nextDue(source, { now: after, lastRunAt: at });
  }
  const items = arrivals && arrivals.hours > 0 ? expectedItems(arrivals, now, until) : null;
  // Nobody waits for a paused source. Its next visit can be years away, and all articles until then
  // would count.
  if (visits.length === 0 && isPaused(source, now)) return { visits, delay: null, items };
  return { visits, delay: delayOf(next ? [...visits, next] : visits, source, now), items };
}

function delayOf(visits: Date[], { arrivals }: SourceRecord, now: Date): number | null {
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

/** Explains to operators what decides the time of a source's next run, or why no run follows. */
export function explainNextRun(source: SourceRecord, now: Date): string {
  const { active, openRunId, runRequest, nextDueAt, pollDueAt, lastAttemptAt } = source;
  if (!active) return "The source is retired: no run follows.";
  const pause = pauseOf(source, now);
  if (pause) {
    const lifted = pause.actor === null ? "its file changes" : "it is resumed";
    const until = pause.until ? `${pause.until.toISOString()}, or until ${lifted}` : lifted;
    return `The source is paused: no run follows until ${until}.`;
  }
  if (runRequest) return `${runRequest.actor} requested this run.`;
  if (openRunId) return "A run is open; the next run follows the schedule.";
  if (!nextDueAt) return "Not scheduled yet. The scheduler sets a time within an hour.";
  if (nextDueAt <= now && !lastAttemptAt)
    return "The source was never fetched. The first run is due now.";
  if (nextDueAt <= now) return "The run is due now and waits for a worker.";
  if (pollDueAt && nextDueAt < pollDueAt) return "A WebSub hub announced something new.";
  return [`Schedule: ${scheduleWords(source.schedule)}.`, ...shiftsOf(source)].join(" ");
}

function shiftsOf({ schedule, failures, arrivals, ttl }: SourceRecord): string[] {
  const shifts: string[] = [];
  if (failures > 0) {
    const runs = failures === 1 ? "the last run" : `the last ${failures} runs`;
    shifts.push(`Because ${runs} brought nothing, the next run is delayed by up to a day.`);
  }
  if (!("adaptive" in schedule)) return shifts;
  if (arrivals && arrivals.hours > 0) {
    const daily = (arrivals.items / arrivals.hours) * (DAY_MS / HOUR_MS);
    shifts.push(
      `The interval follows the rate of the source: about ${Number(daily.toPrecision(2))} articles a day.`,
    );
  }
  if (ttl !== null) shifts.push(`The feed allows one request per ${formatDuration(ttl)}.`);
  return shifts;
}
