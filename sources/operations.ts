import type { Link, LinkChanges } from "../model/crawl/link.ts";
import type { Author } from "../model/operations/audit.ts";
import { driftWords } from "../model/sources/health.ts";
import { isPaused, type SourceRecord } from "../model/sources/source.ts";
import { admitHosts } from "../store/crawl/hosts.ts";
import { reviveLinks } from "../store/crawl/links.ts";
import { addRuns, newRun } from "../store/crawl/runs.ts";
import { runAudited } from "../store/operations/audit.ts";
import { readBaseline, saveBaseline } from "../store/sources/learned.ts";
import {
  getSource,
  pauseSource,
  rescheduleSource,
  resumeSource,
  setSource,
} from "../store/sources/sources.ts";
import type { Store } from "../store/store.ts";
import { acceptDrift } from "./health/drift.ts";
import { runIdOf } from "./schedule/next-due.ts";

/** Pauses a source; an open run continues. Returns false for an unknown source. */
export async function hold(
  store: Store,
  id: string,
  { until, ...author }: Author & { until?: Date | undefined },
  now: Date,
): Promise<boolean> {
  if (!(await getSource(store, id))) return false;
  const detail = until ? `until ${until.toISOString()}` : null;
  const what = { action: "source.pause", subject: id, detail };
  const set = { ...author, at: now, ...(until && { until }) };
  return runAudited(store, { ...author, now }, what, () => pauseSource(store, id, set));
}

export async function resume(
  store: Store,
  id: string,
  author: Author,
  now: Date,
): Promise<boolean> {
  if (!(await getSource(store, id))?.pausedByOperator) return false;
  const what = { action: "source.resume", subject: id };
  return runAudited(store, { ...author, now }, what, () => resumeSource(store, id, now));
}

/** Makes the latest runs the new baseline. Without drift, returns false and changes nothing. */
export async function acceptBaseline(
  store: Store,
  id: string,
  author: Author,
  now: Date,
): Promise<boolean> {
  const source = await getSource(store, id);
  if (!source?.drift?.length) return false;
  const detail = source.drift.map(driftWords).join("; ");
  const what = { action: "source.accept", subject: id, detail };
  await runAudited(store, { ...author, now }, what, async () => {
    const baseline = await readBaseline(store, id);
    await saveBaseline(store, { _id: id }, acceptDrift(baseline));
    await setSource(store, id, { drift: [] });
  });
  return true;
}

/** Makes a source due now. Returns the id of the run, which can already be open or requested. */
export async function runNow(
  store: Store,
  id: string,
  { actor, reason }: Author,
  now: Date,
): Promise<{ runId: string } | { problem: string }> {
  const source = await getSource(store, id);
  if (!source?.active) return { problem: `there is no active source ${id}` };
  if (isPaused(source, now)) return { problem: `${id} is paused: resume the source first` };
  if (source.openRunId) return { runId: source.openRunId };
  if (source.runRequest) return { runId: runIdOf(source) ?? id };
  const what = { action: "source.run", subject: id };
  const runRequest = { actor, at: now };
  const request = () => rescheduleSource(store, source, { nextDueAt: now, runRequest });
  if (!(await runAudited(store, { actor, now, reason }, what, request)))
    return runNow(store, id, { actor, reason }, now);
  return { runId: runIdOf({ _id: id, nextDueAt: now }) ?? id };
}

/** Makes the dead letters among `links` due again, in a new run for each active source. */
export async function replay(
  { store, now }: { store: Store; now(): Date },
  links: readonly Link[],
  { actor, reason, subject }: { actor: string; reason: string | null; subject: string },
) {
  const deadLetters = links.filter(({ state }) => state === "dead-letter");
  const retired: string[] = [];
  const active: { source: SourceRecord; own: Link[] }[] = [];
  for (const sourceId of new Set(deadLetters.map((link) => link.sourceId))) {
    const source = await getSource(store, sourceId);
    const own = deadLetters.filter((link) => link.sourceId === sourceId);
    if (source?.active) active.push({ source, own });
    else retired.push(sourceId);
  }
  const count = active.reduce((sum, { own }) => sum + own.length, 0);
  const gone =
    retired.length > 0 ? `; skipped, because the source is gone: ${retired.join(", ")}` : "";
  const summary = `links that are due now: ${count}${gone}`;
  const what = { action: "link.replay", subject, detail: summary };
  await runAudited(store, { actor, now: now(), reason }, what, async () => {
    for (const { source, own } of active) {
      const at = now();
      const runId = `${source._id}-replay-${at.getTime().toString(36)}`;
      await addRuns(store, [newRun(source, { _id: runId, trigger: "replay", startedAt: at })]);
      const first = own.map((link) => ({ ...link, url: link.hops[0]?.url ?? link.url }));
      await makeLinksDue(store, source, first, { runId, at });
    }
  });
  return { links: count, retired, summary };
}

/** Makes known links of a source due at these URLs, in the run `runId`, and sets fields in them. */
export async function makeLinksDue(
  store: Store,
  source: SourceRecord,
  links: readonly Pick<Link, "_id" | "url" | "lane">[],
  { runId, at: dueAt, ...set }: LinkChanges & { runId: string; at: Date },
): Promise<void> {
  const placed = links.map((link) => ({ ...link, host: new URL(link.url).host }));
  await reviveLinks(
    store,
    placed.map(({ _id: id, url, host }) => ({ id, runId, dueAt, set: { ...set, url, host } })),
  );
  const turns = placed.map(({ host, lane }) => ({ host, lane, at: dueAt, ...source.pace }));
  await admitHosts(store, turns);
}
