import { randomUUID } from "node:crypto";
import type { AuditContext, AuditEntry } from "../../model/operations/audit.ts";
import { readLatest } from "../queries.ts";
import type { Store } from "../store.ts";

const MAX_MESSAGE_CHARS = 300;

export type Noted = Omit<AuditEntry, "_id" | "reason" | "detail"> & {
  [Key in "reason" | "detail"]?: AuditEntry[Key] | undefined;
};

/** Stored entries begin with these prefixes, so the prefixes must not change. */
const NOT_DONE = "not done: ";
const FAILED = "failed: ";

export function isNotDone({ detail }: Pick<AuditEntry, "detail">): boolean {
  return [NOT_DONE, FAILED].some((prefix) => detail?.startsWith(prefix));
}

export async function addAuditEntry(store: Store, entry: Noted): Promise<void> {
  const { reason = null, detail = null, ...rest } = entry;
  await store.collections.audit.insertOne({ _id: randomUUID(), ...rest, reason, detail });
}

/**
 * Runs `act` after adding an entry to the audit log. If `act` throws, or returns false or a
 * problem, a second entry says why.
 */
export async function runAudited<T>(
  store: Store,
  { actor, now: at, reason }: AuditContext,
  what: Pick<Noted, "action" | "subject" | "detail">,
  act: () => Promise<T>,
): Promise<T> {
  const entry = { at, actor, reason, ...what };
  await addAuditEntry(store, entry);
  const done = await noteFailure(store, entry, act);
  const problem = problemOf(done);
  if (problem !== null) await addAuditEntry(store, { ...entry, detail: `${NOT_DONE}${problem}` });
  return done;
}

/** Adds an audit entry `ACTION.begin`, runs long work, then adds an entry with the result. */
export async function runAuditedWork<T>(
  store: Store,
  { actor, reason }: Pick<AuditContext, "actor" | "reason">,
  what: Pick<Noted, "action" | "subject" | "detail">,
  work: () => Promise<T>,
  describe: (done: T) => string,
): Promise<T> {
  const entry = { actor, reason, ...what };
  await addAuditEntry(store, { ...entry, action: `${what.action}.begin`, at: new Date() });
  const done = await noteFailure(store, entry, work);
  await addAuditEntry(store, { ...entry, at: new Date(), detail: describe(done) });
  return done;
}

async function noteFailure<T>(
  store: Store,
  entry: Omit<Noted, "at"> & { at?: Date },
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const detail = `${FAILED}${messageOf(error)}`;
    // The database can be the cause, and the entry without a result already shows a failure.
    await addAuditEntry(store, { at: new Date(), ...entry, detail }).catch(() => {});
    throw error;
  }
}

function problemOf(outcome: unknown): string | null {
  if (outcome === false) return "not possible, or no longer possible";
  const problem: unknown =
    typeof outcome === "object" && outcome !== null ? Reflect.get(outcome, "problem") : null;
  return typeof problem === "string" ? problem : null;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE_CHARS);
}

/** Returns the latest entries before a time (and from `since` on, if set), newest first. */
export function readAudit(
  store: Store,
  { before, since, limit }: { before: Date; since?: Date; limit: number },
): Promise<AuditEntry[]> {
  const most = since ? Math.max(0, before.getTime() - since.getTime()) : Number.POSITIVE_INFINITY;
  return readLatest(store.collections.audit, "at", { before, limit, most });
}
