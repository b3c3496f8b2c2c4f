/**
 * What is left of something that was taken out on purpose: enough to leave it alone for ever. `_id`
 * is the key of a URL; since articles are named by the key of their first link, of an article too.
 */
export interface Tombstone {
  _id: string;
  /** `erased`: at somebody's request, nothing may remain; `purged`: its keeping time is over. */
  kind: "erased" | "purged";
  at: Date;
  /** As written by `by`; never names what was erased. */
  reason: string;
  /** The user, or the part of Newsgather, that did it. */
  by: string;
}
