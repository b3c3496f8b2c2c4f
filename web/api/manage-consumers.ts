import { randomUUID } from "node:crypto";
import { changesForReader } from "../../articles/stream/item.ts";
import { checkedReading, filterOf, type Reading } from "../../articles/stream/views.ts";
import type { AuditContext } from "../../model/operations/audit.ts";
import { invalidRequest, ProblemError, throwUnknown } from "../../model/problem.ts";
import { epochAfter } from "../../model/publish/change.ts";
import type { Consumer } from "../../model/publish/consumer.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { readChanges } from "../../store/publish/changes.ts";
import {
  addConsumer,
  getConsumer,
  listConsumers,
  moveBookmark,
  removeConsumer,
} from "../../store/publish/consumers.ts";
import type { Store } from "../../store/store.ts";
import type { Head } from "../server/snapshot.ts";
import { bookmarkAt, checkWhole } from "./stream-position.ts";

/** Returns a consumer by name; throws a 404 problem if the name is unknown. */
export async function consumerNamed(store: Store, name: string): Promise<Consumer> {
  const consumer = await getConsumer(store, name);
  return consumer ?? throwUnknown("consumer", name, await listConsumers(store));
}

/** Creates a consumer. Throws a 409 problem if the name already exists. */
export async function makeConsumer(
  store: Store,
  { name, from, filter, view }: Reading & { name: string },
  audit: AuditContext,
): Promise<void> {
  const { actor, now } = audit;
  const wanted = await checkedReading(store, { filter, view });
  const bookmark = { ...(await bookmarkAt(store, from, now)), version: 0 };
  const made = { _id: name, ...wanted, createdAt: now, createdBy: actor, ackedAt: null };
  const what = { action: "consumer.add", subject: name, detail: from };
  if (!(await runAudited(store, audit, what, () => addConsumer(store, { ...made, ...bookmark })))) {
    throw new ProblemError(409, "name-taken", `The consumer "${name}" already exists.`);
  }
}

/**
 * Moves a consumer to the position `from` in the stream and ends its lease. Throws a 409 problem if
 * the consumer advances meanwhile.
 */
export async function replayConsumer(
  store: Store,
  { name, from }: { name: string; from: string },
  audit: AuditContext,
): Promise<void> {
  const consumer = await consumerNamed(store, name);
  const to = await bookmarkAt(store, from, audit.now);
  const detail = `${from}: after change ${to.seq}`;
  const what = { action: "consumer.replay", subject: name, detail };
  const move = () => moveBookmark(store.collections.consumers, consumer, to);
  if (!(await runAudited(store, audit, what, move))) {
    throw new ProblemError(409, "leased", "The consumer advanced at the same moment. Try again.");
  }
}

export async function dropConsumer(store: Store, name: string, audit: AuditContext): Promise<void> {
  await consumerNamed(store, name);
  await runAudited(store, audit, { action: "consumer.remove", subject: name }, () =>
    removeConsumer(store, name),
  );
}

const CHANGES_PER_FURTHER_READ = 500;
const MAX_CHANGES_READ_PER_LEASE = 10_000;

type Items = ReturnType<typeof changesForReader>;

interface LeaseRequest {
  head: Head;
  limit: number;
  ms: number;
  now: Date;
  /** Id for a new lease. If the current lease has this id, its changes are returned again. */
  wanted?: string | null;
}

/**
 * Leases a consumer's next changes. Until the lease is acknowledged or expires, other callers get a
 * 409 problem.
 */
export async function leaseChanges(
  store: Store,
  name: string,
  { head, limit, ms, now, wanted }: LeaseRequest,
): Promise<{ lease: string | null; until: Date | null; items: Items }> {
  const consumer = await consumerNamed(store, name);
  if (consumer.epoch !== epochAfter(head.restores)) {
    const detail =
      "The store was restored from a backup, so this consumer might have read changes that no longer exist. Read /v1/snapshot, then replay the consumer from the snapshot's `changes_cursor`.";
    throw new ProblemError(410, "cursor-expired", detail);
  }
  const current = consumer.lease;
  if (current && current.until > now) {
    if (current.token !== wanted) throw leasedUntil(current.until);
    const { items } = await readOn(store, consumer, {
      head: { ...head, seq: current.upTo },
      limit,
    });
    const covered = items.filter(({ seq }) => seq <= current.upTo);
    return { lease: current.token, until: current.until, items: covered };
  }
  const { items, last } = await readOn(store, consumer, { head, limit });
  const token = items.length > 0 ? (wanted ?? randomUUID()) : null;
  if (token === null && last === consumer.seq) return { lease: null, until: null, items };
  const until = token === null ? null : new Date(now.getTime() + ms);
  const set =
    token !== null && until
      ? { lease: { token, until, upTo: last } }
      : { seq: last, lease: null, ackedAt: now };
  if (await moveBookmark(store.collections.consumers, consumer, set)) {
    return { lease: token, until, items };
  }
  throw leasedUntil(new Date(now.getTime() + 1000));
}

/**
 * Acknowledges a lease's changes up to `seq` (all if missing) and ends the lease. Returns the
 * consumer's position. Throws a 409 problem if the lease has ended, and a 400 problem if `seq` is
 * outside the lease.
 */
export async function acknowledge(
  store: Store,
  name: string,
  { token, seq, now }: { token: string; seq?: number | undefined; now: Date },
): Promise<number> {
  const consumer = await consumerNamed(store, name);
  const { lease: current } = consumer;
  if (current?.token !== token) throw lostLease();
  const reached = seq ?? current.upTo;
  if (reached < consumer.seq || reached > current.upTo) {
    throw invalidRequest(`seq must be between ${consumer.seq} and ${current.upTo}.`);
  }
  const set = { seq: reached, lease: null, ackedAt: now };
  if (await moveBookmark(store.collections.consumers, consumer, set)) return reached;
  throw lostLease();
}

async function readOn(
  store: Store,
  consumer: Consumer,
  { head, limit }: { head: Head; limit: number },
): Promise<{ items: Items; last: number }> {
  const { seq } = consumer;
  const filter = filterOf(consumer, head.views);
  const items: Items = [];
  let last = seq;
  let page = limit;
  while (items.length < limit && last < head.seq && last < seq + MAX_CHANGES_READ_PER_LEASE) {
    const changes = await readChanges(store, last, page);
    checkWhole(changes, last, head.seq);
    items.push(...changesForReader(changes, filter, head.sources));
    last = changes.at(-1)?.seq ?? last;
    page = CHANGES_PER_FURTHER_READ;
  }
  const beyond = items[limit];
  const whole = items.slice(0, limit);
  return { items: whole, last: beyond ? (whole.at(-1)?.seq ?? seq) : last };
}

function leasedUntil(until: Date): ProblemError {
  const detail = `Another reader has leased the changes until ${until.toISOString()}. Try again then.`;
  return new ProblemError(409, "leased", detail);
}

function lostLease(): ProblemError {
  const detail = "This lease has ended: it expired or was acknowledged. Lease the next changes.";
  return new ProblemError(409, "lease-lost", detail);
}
