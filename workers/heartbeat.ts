import type { Post } from "../crawler/http/post.ts";
import { dueHosts } from "../store/crawl/hosts.ts";
import { dueSources } from "../store/sources/sources.ts";
import type { Deps } from "./deps.ts";
import { standingRuns } from "./standing-runs.ts";

/** Work that is due for longer than this, ms, goes on no more. */
const OVERDUE = 60 * 60_000;

/** Why work doesn't go on, in words; null while it does. */
export async function standstill({ store, now, room }: Pick<Deps, "store" | "now" | "room">) {
  const { low } = await room();
  if (low) return low;
  const since = new Date(now().getTime() - OVERDUE);
  const [source] = (await dueSources(store, since, 1)).filter(({ openRunId }) => !openRunId);
  if (source) return `${source._id} is due for more than an hour and isn't looked at`;
  const [http, browser] = await Promise.all([
    dueHosts(store, "http", since, 1),
    dueHosts(store, "browser", since, 1),
  ]);
  const [host] = [...http, ...browser];
  if (host) return `${host._id} waits for its turn for more than an hour`;
  const [run] = await standingRuns(store, now());
  return run ? `${run.runId} ${run.words}` : null;
}

/**
 * Tells a dead man's switch (such as healthchecks.io) that the installation works: it is pinged while
 * work goes on, and raises the alarm when pings stop, whatever stopped them. Answers whether it was.
 */
export async function sendHeartbeat(
  deps: Pick<Deps, "store" | "now" | "room" | "log"> & { post: Pick<Post, "send"> },
  url: string,
): Promise<boolean> {
  const why = await standstill(deps);
  if (why !== null) {
    deps.log.error({ why }, "work doesn't go on: the dead man's switch isn't pinged");
    return false;
  }
  const answer = await deps.post.send(url, { headers: {}, body: "" });
  const taken = "status" in answer && answer.status < 400;
  if (!taken) deps.log.warn({ answer }, "the dead man's switch didn't take the ping");
  return taken;
}
