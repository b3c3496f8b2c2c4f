import type { Link } from "../../model/link.ts";
import type { Moved } from "../../model/source.ts";

/** How an entry point's link stands after a run. */
export type Entry = Pick<Link, "url" | "foundUrl" | "hops" | "state" | "reason">;

/** Statuses that say that an address has changed for good (RFC 9110 sections 15.4.2 and 15.4.9). */
const FOR_GOOD = new Set([301, 308]);

/** What of a source's entry points has moved, or is gone, after one more run; `before` are its earlier words. */
export function movedAfter(
  before: readonly Moved[],
  entries: readonly Entry[],
  now: Date,
): Moved[] {
  return entries.flatMap((entry): Moved[] => {
    const { foundUrl: from, reason } = entry;
    const known = before.find((one) => one.from === from);
    const to = targetOf(entry);
    if (to !== null) {
      const same = known?.to === to ? known : undefined;
      return [{ from, to, by: "redirect", runs: (same?.runs ?? 0) + 1, since: same?.since ?? now }];
    }
    if (reason === "gone") {
      const same = known?.by === "redirect" ? undefined : known;
      const rest = { runs: (same?.runs ?? 0) + 1, since: same?.since ?? now };
      return [{ from, to: same?.to ?? null, by: same?.by ?? null, ...rest }];
    }
    // A run that couldn't reach it says nothing of where it is.
    return entry.state === "done" || !known ? [] : [known];
  });
}

/** Where an entry point that was read has moved to for good; null when it hasn't. */
function targetOf({ url, foundUrl, hops, state, reason }: Entry): string | null {
  if (state !== "done" || reason !== null || url === foundUrl || hops.length === 0) return null;
  return hops.every(({ status }) => FOR_GOOD.has(status)) ? url : null;
}
