import type { Position } from "../store/listing.ts";
import { ProblemError } from "./problem.ts";

const encode = (text: string) => Buffer.from(text).toString("base64url");

/** Opaque cursor behind change number `seq`. */
export function changesCursor(seq: number): string {
  return encode(`changes:${seq}`);
}

/** The change number of a cursor; throws a 400 problem when it isn't one of ours. */
export function readChangesCursor(cursor: string): number {
  const [, seq] = /^changes:(\d{1,15})$/.exec(decode(cursor)) ?? [];
  if (seq === undefined) throw badCursor();
  return Number(seq);
}

/** Opaque cursor behind a place in a list. */
export function listingCursor({ sortAt, id }: Position): string {
  return encode(`list:${sortAt.getTime()}:${id}`);
}

/** The place of a cursor; throws a 400 problem when it isn't one of ours. */
export function readListingCursor(cursor: string): Position {
  const [, time, id] = /^list:(-?\d{1,15}):([\w.:-]{1,200})$/.exec(decode(cursor)) ?? [];
  if (time === undefined || id === undefined) throw badCursor();
  return { sortAt: new Date(Number(time)), id };
}

function decode(cursor: string): string {
  return Buffer.from(cursor, "base64url").toString();
}

function badCursor(): ProblemError {
  const detail = "This cursor is not one that we gave out; start again without one.";
  return new ProblemError(400, "bad-cursor", detail);
}
