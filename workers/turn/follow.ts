import { settleBuried } from "../../articles/ingest/buried.ts";
import { redirectedSet, skippedSet } from "../../articles/ingest/outcome.ts";
import type { Received } from "../../crawler/http/received.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import { isOurs } from "../../crawler/links/own-hosts.ts";
import { articlesOfKeys, claimAliases } from "../../store/aliases.ts";
import { ensureHosts } from "../../store/hosts.ts";
import { knownLinks } from "../../store/links.ts";
import { tombstonesOf } from "../../store/tombstones.ts";
import type { TurnDeps } from "../deps.ts";
import { type KnownLook, keepCapture } from "./keep-capture.ts";
import { wakeHost } from "./wake.ts";

/**
 * Follows a redirect by handing the link to the target's host: each hop is a request of its own
 * there, with that host's robots.txt and pace.
 */
export async function follow(
  deps: TurnDeps,
  look: KnownLook,
  received: Received,
  to: string,
): Promise<void> {
  const { link, source, host } = look;
  const { store } = deps;
  const target = new URL(to);
  if (!isOurs(source, link.foundUrl, target)) {
    const why = { skipped: "off-site", detail: `redirects to ${to}` } as const;
    return keepCapture(deps, look, received, skippedSet(why));
  }
  const key = urlKey(to);
  if (link.kind === "article" && key !== link._id && (await knownLinks(store, [key])).has(key)) {
    return duplicate(deps, look, received, to, key);
  }
  const tombstone = link.kind === "article" && (await tombstonesOf(store, [key])).get(key);
  if (tombstone) return settleBuried(store, [{ entry: look, tombstone }], deps.now());
  const hop = { url: received.url, status: received.status, location: to };
  await ensureHosts(store, [{ host: target.host, ...source.pace }]);
  await keepCapture(deps, look, received, redirectedSet(hop, link, deps.now()));
  if (target.host !== host._id) await wakeHost(deps, target.host, link.lane);
}

/** Another link has the target already: this one is one more address of its article. */
async function duplicate(
  deps: TurnDeps,
  look: KnownLook,
  received: Received,
  to: string,
  key: string,
): Promise<void> {
  const { link } = look;
  const articleId = (await articlesOfKeys(deps.store, [key])).get(key) ?? null;
  if (articleId) {
    const alias = { _id: link._id, articleId, url: link.foundUrl, at: deps.now() };
    await claimAliases(deps.store, [{ ...alias, kind: "redirect" }]);
  }
  const why = { skipped: "duplicate", detail: `redirects to ${to}` } as const;
  await keepCapture(deps, look, received, { ...skippedSet(why), articleId });
}
