import { ProblemError } from "../../model/problem.ts";
import type { StreamPosition } from "../../model/publish/change.ts";
import { isAskable } from "../../model/request-times.ts";
import type { Position } from "../../store/articles/listing.ts";

const encode = (text: string) => Buffer.from(text).toString("base64url");

/** Opaque cursor of a place in the stream. */
export function changesCursor({ seq, epoch }: StreamPosition): string {
  return encode(epoch === 0 ? `changes:${seq}` : `changes:${seq}:${epoch}`);
}

/** Returns the stream position of a cursor. Throws a 400 problem for an invalid one. */
export function readChangesCursor(cursor: string): StreamPosition {
  const [, seq, epoch = 0] = /^changes:(\d{1,15})(?::(\d{1,12}))?$/.exec(decode(cursor)) ?? [];
  if (seq === undefined) throw badCursor(cursor);
  return { seq: Number(seq), epoch: Number(epoch) };
}

/** Opaque cursor after a place in a list. */
export function listingCursor({ sortAt, id }: Position): string {
  return encode(`list:${sortAt.getTime()}:${id}`);
}

/** The place of a cursor; throws a 400 problem when it isn't one of ours. */
export function readListingCursor(cursor: string): Position {
  const [, time, id] = /^list:(-?\d{1,15}):([\w.:-]{1,200})$/.exec(decode(cursor)) ?? [];
  if (time === undefined || id === undefined) throw badCursor(cursor);
  return { sortAt: timeIn(time, cursor), id };
}

/** Opaque cursor within a snapshot: where its list goes on, and from where the stream does after it. */
export function snapshotCursor(stream: StreamPosition, { sortAt, id }: Position): string {
  return encode(`snapshot:${stream.seq}:${stream.epoch}:${sortAt.getTime()}:${id}`);
}

/** The places of a cursor; throws a 400 problem when it isn't one of ours. */
export function readSnapshotCursor(cursor: string): { stream: StreamPosition; list: Position } {
  const [, seq, epoch, time, id] =
    /^snapshot:(\d{1,15}):(\d{1,12}):(-?\d{1,15}):([\w.:-]{1,200})$/.exec(decode(cursor)) ?? [];
  if (id === undefined) throw badCursor(cursor);
  const list = { sortAt: timeIn(time ?? "", cursor), id };
  return { stream: { seq: Number(seq), epoch: Number(epoch) }, list };
}

/** The time of a cursor, ms since 1970; throws a 400 problem when no article can be so old or new. */
function timeIn(ms: string, cursor: string): Date {
  const at = new Date(Number(ms));
  if (isAskable(at)) return at;
  throw badCursor(cursor);
}

function decode(cursor: string): string {
  return Buffer.from(cursor, "base64url").toString();
}

function badCursor(cursor: string): ProblemError {
  const detail = `"${cursor}" is not a cursor of ours; give one that an answer came with, or leave it out to begin anew.`;
  return new ProblemError(400, "bad-cursor", detail);
}
