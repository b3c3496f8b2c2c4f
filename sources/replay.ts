import type { Link } from "../model/link.ts";
import { note } from "../store/audit.ts";
import { admitHosts } from "../store/hosts.ts";
import { reviveLinks } from "../store/links.ts";
import { addRuns, newRun } from "../store/runs.ts";
import { getSource } from "../store/sources.ts";
import type { Store } from "../store/store.ts";

/** Who asks for a replay, and why: goes into the audit log. `subject` is what was named. */
interface Asked {
  by: string;
  reason: string | null;
  subject: string;
}

/** What a replay did. */
export interface Replayed {
  /** Links that are due now. */
  links: number;
  /** Sources that are gone, so that their links can't be fetched. */
  retired: string[];
  /** Both, in words. */
  told: string;
}

/**
 * Makes dead letters due again as first tries at their first address, in a run of their own per
 * source; those that are no dead letters (any more) are left alone. Noted in the audit log.
 */
export async function replay(
  { store, now }: { store: Store; now(): Date },
  links: readonly Link[],
  asked: Asked,
): Promise<Replayed> {
  const dead = links.filter(({ state }) => state === "dead");
  const retired: string[] = [];
  let count = 0;
  for (const sourceId of new Set(dead.map((link) => link.sourceId))) {
    const source = await getSource(store, sourceId);
    if (!source?.active) {
      retired.push(sourceId);
      continue;
    }
    const own = dead.filter((link) => link.sourceId === sourceId);
    const at = now();
    const runId = `${sourceId}-replay-${at.getTime().toString(36)}`;
    await addRuns(store, [newRun(source, { _id: runId, trigger: "replay", startedAt: at })]);
    const first = own.map((link) => ({ link, url: link.hops[0]?.url ?? link.url }));
    await reviveLinks(
      store,
      first.map(({ link, url }) => ({
        id: link._id,
        runId,
        dueAt: at,
        set: { url, host: new URL(url).host },
      })),
    );
    const turns = first.map(({ link, url }) => ({ host: new URL(url).host, lane: link.lane, at }));
    await admitHosts(
      store,
      turns.map((turn) => ({ ...turn, ...source.pace })),
    );
    count += own.length;
  }
  const gone =
    retired.length > 0 ? `; left alone, their source is gone: ${retired.join(", ")}` : "";
  const told = `${count} links are due now${gone}`;
  await note(store, { at: now(), action: "link.replay", ...asked, detail: told });
  return { links: count, retired, told };
}
