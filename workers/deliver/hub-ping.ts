import { backoffDelay, RETRY_POLICY } from "../../config/retry-policy.ts";
import type { Post } from "../../crawler/http/post.ts";
import type { Change } from "../../model/publish/change.ts";
import { kindFor, type View } from "../../model/publish/filter.ts";
import { followHead, readChanges } from "../../store/publish/changes.ts";
import { listViews } from "../../store/publish/views.ts";
import type { Deps } from "../deps.ts";

const MAX_CHANGES_PER_PING = 200;
const MIN_PING_INTERVAL_MS = 10_000;
const FORMATS = ["atom", "json", "rss"];

export type PingDeps = Pick<Deps, "store" | "now" | "random" | "log"> & { post: Post };

/**
 * Returns a function that pings a hub (W3C WebSub 6) and returns the number of accepted URLs. Its
 * calls mustn't overlap.
 */
export function createHubPing(
  { store, post, now, random, log }: PingDeps,
  { hub, baseUrl }: { hub: string; baseUrl: string },
): () => Promise<number> {
  const head = followHead(store);
  let notifiedSeq: number | null = null;
  let seen: number | null = null;
  let failures = 0;
  let notBefore = 0;
  return async () => {
    const newest = await head();
    notifiedSeq ??= newest;
    // A hub fetches a feed at once, but the cached feed can be as old as the previous check: report
    // only changes up to that check.
    const seq = seen ?? notifiedSeq;
    seen = newest;
    if (seq === notifiedSeq || now().getTime() < notBefore) return 0;
    const from = Math.max(notifiedSeq, seq - MAX_CHANGES_PER_PING);
    const changes = await readChanges(store, from, MAX_CHANGES_PER_PING);
    const urls = feedsOf(changes, await listViews(store)).flatMap((list) =>
      FORMATS.map((format) => `${baseUrl}/feeds/${list}.${format}`),
    );
    const fields = new URLSearchParams({ "hub.mode": "publish" });
    for (const url of urls) fields.append("hub.url", url);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await post.send(hub, { headers, body: fields.toString() });
    const taken = "status" in answer && answer.status >= 200 && answer.status < 300;
    failures = taken ? 0 : failures + 1;
    const { backoff } = RETRY_POLICY.hubPing;
    notBefore =
      now().getTime() + (taken ? MIN_PING_INTERVAL_MS : backoffDelay(backoff, failures, random()));
    if (taken) notifiedSeq = seq;
    else log.warn({ hub, answer, failures }, "can't notify the hub");
    return taken ? urls.length : 0;
  };
}

/** Returns the changed feeds as paths without a format, such as `all` or `topic/sport`. */
export function feedsOf(changes: readonly Change[], views: readonly View[] = []): string[] {
  const lists = changes.flatMap(({ before, item }) =>
    [before ?? [], item]
      .flat()
      .flatMap(({ sourceId, topics, country, language }) => [
        `source/${encodeURIComponent(sourceId)}`,
        ...topics.map((topic) => `topic/${encodeURIComponent(topic)}`),
        ...(country ? [`country/${country}`] : []),
        ...(language ? [`language/${language}`] : []),
      ]),
  );
  const seen = views.filter(({ filter }) => changes.some((one) => kindFor(one, filter) !== null));
  return ["all", ...new Set(lists), ...seen.map(({ _id }) => `view/${_id}`)];
}
