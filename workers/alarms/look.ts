import { shortHash } from "../../lib/hash.ts";
import type { Alarm, AlarmWay, Trouble } from "../../model/operations/alarm.ts";
import { digestOf, reconcile, sourceTroubles, untold } from "../../sources/health/alarms.ts";
import { addDigest, latestDigests, readAlarms, saveAlarms } from "../../store/operations/alarms.ts";
import { readProcesses } from "../../store/operations/processes.ts";
import { failingSubscribers } from "../../store/publish/subscribers.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";
import { standingRuns } from "../standing-runs.ts";

/** How alarms are told. */
export interface AlarmSettings {
  ways: AlarmWay[];
  /** ms from one digest to the next. */
  every: number;
  /** Name of the installation, and where its alarms are shown. */
  title: string;
  page: string;
}

/** What looking for troubles stands on. */
export type LookDeps = Pick<Deps, "store" | "now" | "room">;

/** What comes together is told together: the first alarm waits for others so long, ms. */
const GATHER = 60_000;

/**
 * Compares what isn't well now with the alarms there are, and makes a digest of what operators weren't told
 * of yet: one for all, and not sooner than `every` after the last. Answers the alarms that last.
 */
export async function lookForTrouble(deps: LookDeps, settings: AlarmSettings): Promise<Alarm[]> {
  const { store } = deps;
  const now = deps.now();
  const known = await readAlarms(store, now);
  const changed = reconcile(known, await troublesOf(deps, now), now);
  await saveAlarms(store, changed);
  const fresh = new Map([...known, ...changed].map((alarm) => [alarm._id, alarm]));
  const alarms = [...fresh.values()];
  if (settings.ways.length > 0) await tell(deps, alarms, settings);
  return alarms.filter(({ closedAt }) => !closedAt);
}

async function tell({ store, now }: LookDeps, alarms: Alarm[], settings: AlarmSettings) {
  const at = now();
  const digest = digestOf(alarms, at, settings);
  if (!digest) return;
  const { opened, closed } = untold(alarms, at);
  const since = Math.min(
    ...opened.map(({ tellAt }) => tellAt.getTime()),
    ...closed.map(({ closedAt }) => closedAt?.getTime() ?? 0),
  );
  if (at.getTime() - since < GATHER) return;
  const [last] = await latestDigests(store, at, 1);
  if (last && at.getTime() - last.at.getTime() < settings.every) return;
  // Two processes that find the same make the same digest.
  const about = [...opened, ...closed].map(
    (a) => `${a._id} ${a.openedAt.getTime()} ${a.closedAt?.getTime()}`,
  );
  const _id = shortHash(about.toSorted().join("\n"));
  const sending = { waiting: settings.ways, tries: 0, nextTryAt: at, problem: null };
  await addDigest(store, { _id, ...digest, ...sending });
  await saveAlarms(store, [
    ...opened.map((alarm) => ({ ...alarm, told: { opened: true, closed: false } })),
    ...closed.map((alarm) => ({ ...alarm, told: { opened: true, closed: true } })),
  ]);
}

async function troublesOf({ store, room }: LookDeps, now: Date): Promise<Trouble[]> {
  const [sources, parts, circuits, { low, tight }, standing] = await Promise.all([
    listSources(store),
    readProcesses(store, now),
    failingSubscribers(store, now),
    room(),
    standingRuns(store, now),
  ]);
  const failing = { state: "failing", todo: null } as const;
  return [
    ...sourceTroubles(sources, now),
    ...parts.flatMap(({ _id, problem }): Trouble[] =>
      problem
        ? [{ kind: "process", subject: _id, cause: "problem", words: problem, ...failing }]
        : [],
    ),
    ...circuits.map(
      ({ _id, lastProblem, reason }): Trouble => ({
        ...failing,
        kind: "webhook",
        subject: _id,
        cause: "not-taken",
        words: `messages aren't taken: ${lastProblem ?? reason ?? "unknown"}`,
        todo: `newsgather webhooks deliveries ${_id}`,
      }),
    ),
    ...standing.map(
      ({ sourceId, runId, words }): Trouble => ({
        ...failing,
        kind: "source",
        subject: sourceId,
        cause: "standstill",
        words: `its run ${runId} ${words}`,
        todo: `newsgather status and the log tell what keeps its links; newsgather why of one`,
      }),
    ),
    ...(tight
      ? [{ ...failing, kind: "memory", subject: "redis", cause: "full", words: tight } as const]
      : []),
    ...(low && low !== tight
      ? [{ ...failing, kind: "disk", subject: "data", cause: "full", words: low } as const]
      : []),
  ];
}
