import { afterContradiction, type Contradiction, type Host } from "../../model/crawl/host.ts";
import { saveLie } from "../../store/crawl/hosts.ts";
import type { TurnDeps } from "../deps.ts";

/** Remembers of a host in what it contradicted itself. */
export async function noteContradictions(
  deps: Pick<TurnDeps, "store" | "hosts" | "now" | "log">,
  host: Pick<Host, "_id" | "lies">,
  found: Contradiction[],
): Promise<void> {
  for (const contradiction of found) {
    const { kind, evidence } = contradiction;
    const lie = afterContradiction(host.lies?.[kind], contradiction, deps.now());
    await saveLie(deps.store, host._id, kind, lie);
    if (lie.until) deps.log.warn({ host: host._id, kind, evidence }, "host isn't believed for now");
  }
  if (found.length > 0) deps.hosts.forget(host._id);
}
