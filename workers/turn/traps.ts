import { hasPassed, pathPattern } from "../../crawler/links/trap.ts";
import { shortHash } from "../../lib/hash.ts";
import type { Host } from "../../model/host.ts";
import type { Link } from "../../model/link.ts";
import { clearTrap, noteMiss } from "../../store/hosts.ts";
import type { TurnDeps } from "../deps.ts";

/** Patterns remembered of one host; what is old makes room. */
const MOST = 100;

/** Remembers of a host which patterns of addresses bring no article, from what became of a link. */
export async function learnTraps(
  deps: Pick<TurnDeps, "store" | "hosts" | "now">,
  host: Host,
  link: Pick<Link, "kind" | "foundUrl">,
  became: Pick<Link, "outcome" | "reason">,
): Promise<void> {
  const pattern = link.kind === "article" ? pathPattern(link.foundUrl) : null;
  if (pattern === null) return;
  const now = deps.now();
  const key = shortHash(pattern).slice(0, 12);
  const traps = host.traps ?? {};
  const known = traps[key];
  const isMiss =
    became.reason === "not-article" || became.reason === "gone" || became.outcome === "duplicate";
  if (isMiss) {
    const old = Object.keys(traps).filter((each) => hasPassed(traps[each] ?? { at: now }, now));
    if (!known && Object.keys(traps).length - old.length >= MOST) return;
    await noteMiss(deps.store, host._id, { key, pattern, at: now, old });
  } else if (known && became.outcome) {
    await clearTrap(deps.store, host._id, key);
  } else return;
  deps.hosts.forget(host._id);
}
