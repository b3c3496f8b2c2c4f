import type { Lane } from "../../model/crawl/link.ts";
import { fetchQueue, renderQueue } from "../../queues/queues.ts";
import { wakeHosts } from "../../store/crawl/hosts.ts";
import type { Deps } from "../deps.ts";

/** Says that a host has something due in a lane, and sees that its turn comes soon. */
export async function wakeHost(deps: Deps, host: string, lane: Lane): Promise<void> {
  await wakeHosts(deps.store, [{ host, lane, at: deps.now() }]);
  await deps.producer.add(lane === "http" ? fetchQueue : renderQueue, [{ host, turn: 0 }]);
}
