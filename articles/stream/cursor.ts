import { ProblemError } from "../../model/problem.ts";
import type { StreamPosition } from "../../model/publish/change.ts";
import { isAskable } from "../../model/request-times.ts";
import type { Position } from "../../store/articles/listing.ts";

const encode = (text: string) => Buffer.from(text).toString("base64url");

export function changesCursor({ seq, epoch }: StreamPosition): string {
  return encode(epoch === 0 ? `changes:${seq}` : `changes:${seq}:${epoch}`);
}

/** Returns the stream position of a cursor. Throws a 400 problem for an invalid cursor. */
export function readChangesCursor(cursor: string): StreamPosition {
  const [, seq, epoch = 0] = /^changes:(\d{1,15})(?::(\d{1,12}))?$/.exec(decode(cursor)) ?? [];
  if (seq === undefined) throw badCursor(cursor);
  return { seq: Number(seq), epoch: Number(epoch) };
}

export function listingCursor({ sortAt, id }: Position): string {
  return encode(`list:${sortAt.getTime()}:${id}`);
}

/** Returns the list position of a cursor. Throws a 400 problem for an invalid cursor. */
export function readListingCursor(cursor: string): Position {
  const [, time, id] = /^list:(-?\d{1,15}):([\w.:-]{1,200})$/.exec(decode(cursor)) ?? [];
  if (time === undefined || id === undefined) throw badCursor(cursor);
  return { sortAt: timeIn(time, cursor), id };
}

/** Encodes the position in the list, and the stream position from which changes follow. */
export function snapshotCursor(stream: StreamPosition, { sortAt, id }: Position): string {
  return encode(`snapshot:${stream.seq}:${stream.epoch}:${sortAt.getTime()}:${id}`);
}

/** Returns both positions of a snapshot cursor. Throws a 400 problem for an invalid cursor. */
export function readSnapshotCursor(cursor: string): { stream: StreamPosition; list: Position } {
  const [, seq, epoch, time, id] =
    /^snapshot:(\d{1,15}):(\d{1,12}):(-?\d{1,15}):([\w.:-]{1,200})$/.exec(decode(cursor)) ?? [];
  if (id === undefined) throw badCursor(cursor);
  const list = { sortAt: timeIn(time ?? "", cursor), id };
  return { stream: { seq: Number(seq), epoch: Number(epoch) }, list };
}

function timeIn(ms: string, cursor: string): Date {
  const at = new Date(Number(ms));
  if (isAskable(at)) return at;
  throw badCursor(cursor);
}

function decode(cursor: string): string {
  return Buffer.from(cursor, "base64url").toString();
}

function badCursor(cursor: string): ProblemError {
  const detail = `"${cursor}" isn't a cursor of this server. Use a cursor from a response, or omit the parameter to start at the beginning.`;
  return new ProblemError(400, "bad-cursor", detail);
}
