import type { Host, LongRobots, RobotsCopy } from "../model/host.ts";
import { findIn } from "./find-in.ts";
import type { Store } from "./store.ts";

/** Longest rules, in characters, that a host's document holds: it is read and written with each of its turns. */
const INLINE_CHARACTERS = 8000;

/** What a host's document holds of a robots.txt; longer rules are kept apart first. */
export async function shortenRobots(
  { collections: { robots } }: Store,
  copies: readonly { id: string; copy: RobotsCopy }[],
): Promise<Map<string, RobotsCopy>> {
  const long: LongRobots[] = [];
  const short = copies.map(({ id, copy }): [string, RobotsCopy] => {
    const { text } = copy;
    if (text === null || text.length <= INLINE_CHARACTERS) return [id, copy];
    long.push({ _id: id, text, readAt: copy.fetchedAt });
    return [id, { ...copy, text: "", isLong: true }];
  });
  if (long.length > 0) {
    await robots.bulkWrite(
      long.map(({ _id, ...replacement }) => ({
        replaceOne: { filter: { _id }, replacement, upsert: true },
      })),
      { ordered: false },
    );
  }
  return new Map(short);
}

/** Hosts with their whole robots.txt; one whose rules are gone has none, and is asked for them again. */
export async function withRobots({ collections }: Store, hosts: readonly Host[]): Promise<Host[]> {
  const ids = hosts.filter(({ robots }) => robots?.isLong).map(({ _id }) => _id);
  const found = await findIn(collections.robots, "_id", ids);
  const texts = new Map(found.map(({ _id, text }) => [_id, text]));
  return hosts.map((host) => {
    if (!host.robots?.isLong) return host;
    const { isLong: _, ...robots } = host.robots;
    const text = texts.get(host._id);
    return { ...host, robots: text === undefined ? null : { ...robots, text } };
  });
}
