import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { saveBreaker, wakeHosts } from "../../store/crawl/hosts.ts";
import { pardonLinks } from "../../store/crawl/links.ts";
import type { TurnDeps } from "../deps.ts";
import type { FailedLook } from "./outage.ts";

/** Puts back what failures of our own network did: the try doesn't count, the host isn't blamed. */
export async function pardon(deps: TurnDeps, looks: FailedLook[]): Promise<void> {
  const { store } = deps;
  const dueAt = new Date(deps.now().getTime() + RETRY_POLICY.outage.linkDelayMs);
  await pardonLinks(
    store,
    looks.map(({ link, doneAt }) => ({
      id: link._id,
      doneAt,
      set: { state: "due", dueAt, attempts: link.attempts - 1, detail: DETAIL },
    })),
  );
  for (const { host } of looks) {
    const { failures, openUntil, openReason } = host;
    await saveBreaker(store, host._id, { failures, openUntil, openReason });
    deps.hosts.forget(host._id);
  }
  await wakeHosts(
    store,
    looks.map(({ link }) => ({ host: link.host, lane: link.lane, at: dueAt })),
  );
}

const DETAIL = "our own network was away; the try doesn't count";
