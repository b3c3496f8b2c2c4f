import {
  failedSet,
  skippedSet,
  toBrowserSet,
  verdictOn,
} from "../../articles/ingest/link-states.ts";
import type { GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { Skipped } from "../../model/crawl/skipped.ts";
import { settleLinks } from "../../store/crawl/links.ts";
import type { TurnDeps } from "../deps.ts";
import { wakeHost } from "./wake.ts";

/** Leaves links of a host to its turns in the browser; nothing was asked of the host. */
export async function handOver(
  deps: TurnDeps,
  links: readonly Link[],
  { token, turn }: { token: string; turn: number },
): Promise<void> {
  const at = deps.now();
  const tried = links.map((link, index) =>
    deps.links.claim(link, { token: `${token}${index}`, turn, at }),
  );
  const claimed = (await Promise.all(tried)).flatMap((link) => link ?? []);
  const [first] = claimed;
  if (!first) return;
  await settleLinks(
    deps.store,
    claimed.map(({ _id, claim }) => ({
      id: _id,
      token: claim?.token ?? token,
      set: toBrowserSet(at),
    })),
  );
  await wakeHost(deps, first.host, "browser");
}

/** Keeps the refusal on the link; while robots.txt can't be read the link waits for the next try. */
export async function refuse(
  deps: TurnDeps,
  link: Link,
  token: string,
  { skipped, detail = null }: Skipped,
  again: Date,
): Promise<void> {
  const wait = skipped === "robots-unreachable";
  const left = skippedSet({ skipped, detail });
  const state = wait ? ({ ...left, state: "due", dueAt: again } as const) : left;
  // Nothing was asked of the host, so it doesn't count as a try.
  const set = { ...state, attempts: 0, doneAt: deps.now() };
  await settleLinks(deps.store, [{ id: link._id, token, set }]);
}

/** A link whose host could not be asked for its files is not asked for either; it counts as a try. */
export async function putOff(
  deps: TurnDeps,
  link: Link,
  { token, turn }: { token: string; turn: number },
  failure: RetryLater | GiveUp,
): Promise<void> {
  const at = deps.now();
  const claimed = await deps.links.claim(link, { token, turn, at });
  if (!claimed) return;
  const judged = verdictOn(failure, { attempts: claimed.attempts, random: deps.random() });
  await settleLinks(deps.store, [
    { id: link._id, token, set: { ...failedSet(judged, at), doneAt: at } },
  ]);
}

/** A page that ends workers is not tried again by itself. */
export async function poison(
  deps: TurnDeps,
  link: Link,
  token: string,
  detail: string,
): Promise<void> {
  deps.log.warn({ url: link.url }, "link is poison; it became a dead letter");
  const set = { state: "dead", dueAt: null, reason: "poison", detail } as const;
  await settleLinks(deps.store, [{ id: link._id, token, set: { ...set, doneAt: deps.now() } }]);
}
