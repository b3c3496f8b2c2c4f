import { backoffDelay, RETRY_POLICY } from "../../config/retry-policy.ts";
import type { Mailer } from "../../crawler/egress/mail.ts";
import type { Post } from "../../crawler/http/post.ts";
import { signedHeaders } from "../../crawler/http/signed-headers.ts";
import type { AlarmWay, Digest } from "../../model/operations/alarm.ts";
import { dueDigests, settleDigest, takeDigest } from "../../store/operations/alarms.ts";
import type { Deps } from "../deps.ts";

/** The ways out for alarms; null where one isn't set. */
export interface AlarmWays {
  mailer: Mailer | null;
  webhook: { url: string; secret: string; post: Post } | null;
}

/** A process that sends a digest has it to itself for so long, ms. */
const LEASE_MS = 120_000;

/** Sends the digests that are due on the ways that haven't taken them; answers how many are through. */
export async function sendDigests(
  { store, now, random, log }: Pick<Deps, "store" | "now" | "random" | "log">,
  ways: AlarmWays,
): Promise<number> {
  const { maxAttempts, backoff } = RETRY_POLICY.alarm;
  let through = 0;
  for (const digest of await dueDigests(store, now())) {
    if (!(await takeDigest(store, digest, new Date(now().getTime() + LEASE_MS)))) continue;
    const problems = new Map<AlarmWay, string>();
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
    await settleDigest(store, digest._id, { waiting, tries, nextTryAt, problem });
    if (problem) log.error({ digest: digest._id, tries, problem }, "alarms were not taken");
    if (waiting.length === 0) through++;
  }
  return through;
}

/** Sends a message that only asks whether it comes through; answers how each way that is set took it. */
export async function tellOnce(
  ways: AlarmWays,
  id: string,
  title: string,
  now: Date,
): Promise<{ way: AlarmWay; problem: string | null }[]> {
  const subject = `${title}: a test of its alarms`;
  const text = "This is a test: alarms come this way.\n";
  const told = { _id: id, at: now, subject, text, opened: [], closed: [], open: 0 };
  return [
    ...(ways.mailer ? [{ way: "mail" as const, problem: await mail(told, ways) }] : []),
    ...(ways.webhook ? [{ way: "webhook" as const, problem: await call(told, ways, now) }] : []),
  ];
}

type Told = Omit<Digest, "waiting" | "tries" | "nextTryAt" | "problem">;

async function mail({ subject, text }: Told, { mailer }: AlarmWays): Promise<string | null> {
  return mailer ? mailer.send({ subject, text }) : "no e-mail is set any more";
}

async function call(digest: Told, { webhook }: AlarmWays, now: Date): Promise<string | null> {
  if (!webhook) return "no webhook is set any more";
  const { _id, at, subject, text, opened, closed, open } = digest;
  const data = { subject, text, opened, closed, open };
  const body = JSON.stringify({ type: "alarms.digest", timestamp: at, data });
  const message = { id: `msg_alarms_${_id}`, body };
  const headers = signedHeaders(message, [{ secret: webhook.secret, until: null }], now);
  const answer = await webhook.post.send(webhook.url, { headers, body });
  if ("problem" in answer) return answer.problem;
  return answer.status >= 200 && answer.status < 300 ? null : `answered ${answer.status}`;
}
