import { backoffDelay, RETRY_POLICY } from "../../config/retry-policy.ts";
import type { Mailer } from "../../crawler/egress/mail.ts";
import { type Post, signedHeaders } from "../../crawler/http/post.ts";
import { problemOfKeys, type StoredSigningKey } from "../../crawler/signing/keys.ts";
import { shortHash } from "../../lib/text.ts";
import type { Alarm, AlarmChannel, Digest, Trouble } from "../../model/operations/alarm.ts";
import {
  coverageTroubles,
  digestOf,
  reconcile,
  sourceTroubles,
} from "../../sources/health/alarms.ts";
import {
  addDigest,
  dueDigests,
  latestDigests,
  readAlarms,
  recordDigestOutcome,
  saveAlarms,
  takeDigest,
} from "../../store/operations/alarms.ts";
import { readProcesses } from "../../store/operations/processes.ts";
import { failingSubscribers } from "../../store/publish/subscribers.ts";
import { listCoverage } from "../../store/sources/coverage.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";
import { findStalledRuns } from "./standstill.ts";

export interface AlarmSettings {
  ways: AlarmChannel[];
  /** Minimum time between two digests, ms. */
  every: number;
  /** Name of the installation. */
  title: string;
  /** URL of the installation's page that lists alarms. */
  page: string;
  /** Returns the keys that sign our requests; missing if requests are not signed. */
  signingKeys?: () => readonly StoredSigningKey[];
  /** Returns the time of another machine's clock, such as the clock of Redis. */
  otherClock?: () => Promise<Date>;
}

export type AlarmDeps = Pick<Deps, "store" | "now" | "diskSpace">;

const ALARM_GATHERING_MS = 60_000;

/**
 * Updates the stored alarms and returns the open ones. Adds a digest to send, if needed, at most
 * once in `settings.every` ms.
 */
export async function checkForTrouble(deps: AlarmDeps, settings: AlarmSettings): Promise<Alarm[]> {
  const { store } = deps;
  const now = deps.now();
  const known = await readAlarms(store, now);
  const troubles = [...(await troublesOf(deps, now)), ...(await ownTroubles(settings, deps.now))];
  const changed = reconcile(known, troubles, now);
  await saveAlarms(store, changed);
  const fresh = new Map([...known, ...changed].map((alarm) => [alarm._id, alarm]));
  const alarms = [...fresh.values()];
  if (settings.ways.length > 0) await tell(deps, alarms, settings);
  return alarms.filter(({ closedAt }) => !closedAt);
}

async function tell({ store, now }: AlarmDeps, alarms: Alarm[], settings: AlarmSettings) {
  const at = now();
  const digest = digestOf(alarms, at, settings);
  if (!digest) return;
  const { opened, closed } = digest;
  const since = Math.min(
    ...opened.map(({ tellAt }) => tellAt.getTime()),
    ...closed.map(({ closedAt }) => closedAt?.getTime() ?? 0),
  );
  if (at.getTime() - since < ALARM_GATHERING_MS) return;
  const [last] = await latestDigests(store, at, 1);
  if (last && at.getTime() - last.at.getTime() < settings.every) return;
  // Two processes that find the same problems make the same digest.
  const about = [...opened, ...closed].map(
    (a) => `${a._id} ${a.openedAt.getTime()} ${a.closedAt?.getTime()}`,
  );
  const _id = shortHash(about.toSorted().join("\n"));
  const sending = { waiting: settings.ways, tries: 0, nextTryAt: at, problem: null };
  await addDigest(store, { _id, ...digest, ...sending });
  await saveAlarms(store, [
    ...opened.map((alarm) => ({ ...alarm, notified: { opened: true, closed: false } })),
    ...closed.map((alarm) => ({ ...alarm, notified: { opened: true, closed: true } })),
  ]);
}

async function troublesOf({ store, diskSpace }: AlarmDeps, now: Date): Promise<Trouble[]> {
  const [sources, parts, circuits, { low, tight }, stalled, coverage] = await Promise.all([
    listSources(store),
    readProcesses(store, now),
    failingSubscribers(store, now),
    diskSpace(),
    findStalledRuns(store, now),
    listCoverage(store),
  ]);
  const failing = { state: "failing", todo: null } as const;
  return [
    ...sourceTroubles(sources, now),
    ...coverageTroubles(coverage, sources, now),
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
        words: `the receiver doesn't accept messages: ${lastProblem ?? reason ?? "unknown"}`,
        todo: `newsgather webhooks deliveries ${_id}`,
      }),
    ),
    ...stalled.map(
      ({ sourceId, runId, words }): Trouble => ({
        ...failing,
        kind: "source",
        subject: sourceId,
        cause: "standstill",
        words: `its run ${runId} ${words}`,
        todo: `see newsgather status and the log; newsgather why URL explains a single URL`,
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

const CLOCK_TOLERANCE_MS = 30_000;

async function ownTroubles(
  { signingKeys, otherClock }: AlarmSettings,
  now: () => Date,
): Promise<Trouble[]> {
  const keys = signingKeys ? keysProblem(signingKeys, now()) : null;
  const other = await otherClock?.().catch(() => null);
  const skew = other ? now().getTime() - other.getTime() : 0;
  const found: Omit<Trouble, "kind">[] = [];
  if (keys) {
    const { problem: words, next: todo, isSigning } = keys;
    const state = isSigning ? "degraded" : "failing";
    found.push({ subject: "signing-keys", cause: "keys", state, words, todo });
  }
  if (Math.abs(skew) > CLOCK_TOLERANCE_MS) {
    const distance = `${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? "ahead of" : "behind"}`;
    const words = `the clock is ${distance} the clock of Redis`;
    const todo = "synchronise the clocks of both machines (NTP)";
    found.push({ subject: "clock", cause: "skew", state: "failing", words, todo });
  }
  return found.map((trouble) => ({ kind: "process", ...trouble }));
}

function keysProblem(
  read: () => readonly StoredSigningKey[],
  now: Date,
): ReturnType<typeof problemOfKeys> {
  try {
    return problemOfKeys(read(), now);
  } catch (error) {
    const problem = `the signing keys can't be read: ${error instanceof Error ? error.message : String(error)}`;
    return { problem, next: "newsgather doctor", isSigning: false };
  }
}

export interface AlarmWays {
  mailer: Mailer | null;
  webhook: { url: string; secret: string; post: Post } | null;
}

const LEASE_MS = 120_000;

/** Sends due digests by mail and webhook. Returns how many have now been delivered completely. */
export async function sendDigests(
  { store, now, random, log }: Pick<Deps, "store" | "now" | "random" | "log">,
  ways: AlarmWays,
): Promise<number> {
  const { maxAttempts, backoff } = RETRY_POLICY.alarm;
  let through = 0;
  for (const digest of await dueDigests(store, now())) {
    if (!(await takeDigest(store, digest, new Date(now().getTime() + LEASE_MS)))) continue;
    const problems = new Map<AlarmChannel, string>();
    for (const way of digest.waiting) {
      const problem = way === "mail" ? await mail(digest, ways) : await call(digest, ways, now());
      if (problem !== null) problems.set(way, problem);
    }
    const tries = digest.tries + 1;
    const waiting = [...problems.keys()];
    const problem = [...problems].map(([way, words]) => `${way}: ${words}`).join("; ") || null;
    const isOver = waiting.length === 0 || tries >= maxAttempts;
    const wait = backoffDelay(backoff, tries, random());
    const nextTryAt = isOver ? null : new Date(now().getTime() + wait);
    await recordDigestOutcome(store, digest._id, { waiting, tries, nextTryAt, problem });
    if (problem) log.error({ digest: digest._id, tries, problem }, "alarms were not delivered");
    if (waiting.length === 0) through++;
  }
  return through;
}

/**
 * Sends a test message by mail and by webhook, if they are configured. `problem` of a result is
 * null if the message was accepted.
 */
export async function tellOnce(
  ways: AlarmWays,
  id: string,
  title: string,
  now: Date,
): Promise<{ way: AlarmChannel; problem: string | null }[]> {
  const subject = `${title}: a test of the alarms`;
  const text = "This is a test message: alarms arrive like this.\n";
  const digest = { _id: id, at: now, subject, text, opened: [], closed: [], open: 0 };
  return [
    ...(ways.mailer ? [{ way: "mail" as const, problem: await mail(digest, ways) }] : []),
    ...(ways.webhook ? [{ way: "webhook" as const, problem: await call(digest, ways, now) }] : []),
  ];
}

type DigestReport = Omit<Digest, "waiting" | "tries" | "nextTryAt" | "problem">;

async function mail(
  { subject, text }: DigestReport,
  { mailer }: AlarmWays,
): Promise<string | null> {
  return mailer ? mailer.send({ subject, text }) : "e-mail is no longer configured";
}

async function call(
  digest: DigestReport,
  { webhook }: AlarmWays,
  now: Date,
): Promise<string | null> {
  if (!webhook) return "the webhook is no longer configured";
  const { _id, at, subject, text, opened, closed, open } = digest;
  const data = { subject, text, opened, closed, open };
  const body = JSON.stringify({ type: "alarms.digest", timestamp: at, data });
  const message = { id: `msg_alarms_${_id}`, body };
  const headers = signedHeaders(message, [{ secret: webhook.secret, until: null }], now);
  const answer = await webhook.post.send(webhook.url, { headers, body });
  if ("problem" in answer) return answer.problem;
  return answer.status >= 200 && answer.status < 300 ? null : `answered ${answer.status}`;
}
