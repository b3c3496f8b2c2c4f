import { isSeq, parseDocument, visit } from "yaml";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { ENTRY_POINT_FIELDS } from "../../model/crawl/entry-points.ts";
import type { Link } from "../../model/crawl/link.ts";
import { GiveUp } from "../../model/crawl/outcome.ts";
import type { Author } from "../../model/operations/audit.ts";
import { isOffered, type Moved, type SourceRecord } from "../../model/sources/source.ts";
import { getSource, setSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { rewriteSource, type SourcePlace } from "../files/edit.ts";
import type { Outcome } from "../files/lifecycle.ts";
import type { DiscoveryDeps } from "./candidates.ts";
import { discoverSite } from "./discover-site.ts";

/** Replaces moved entry points in a source's file with their new URLs, or returns the problem. */
export async function repairMoved(
  place: SourcePlace,
  id: string,
  author: Author,
): Promise<Outcome> {
  const { store } = place;
  const source = await getSource(store, id);
  if (!source) return { problem: `there is no source ${id}` };
  const offered = (source.moved ?? []).filter(isOffered);
  if (offered.length === 0) return { problem: `no entry point of ${id} is known to have moved` };
  const problem = await rewriteSource(place, id, (yaml) => withUrls(yaml, offered), author);
  if (problem !== null) return { problem };
  await setSource(store, id, { moved: [] });
  const messages = offered.map(({ from, to }) => `${from} is ${to} now`);
  return { done: messages.join("; ") };
}

function withUrls(yaml: string, moved: readonly Moved[]): string {
  const document = parseDocument(yaml);
  for (const name of ENTRY_POINT_FIELDS) {
    const entries = document.get(name);
    if (!isSeq(entries)) continue;
    visit(entries, {
      Scalar(key, node) {
        const to = key === "key" ? undefined : moved.find(({ from }) => from === node.value)?.to;
        if (to) node.value = to;
      },
    });
  }
  return document.toString({ lineWidth: 0 });
}

/** Finds and stores new URLs of gone entry points; throws `GiveUp` if it finds none. */
export async function findMoved(
  deps: DiscoveryDeps & { store: Store },
  source: SourceRecord,
): Promise<string> {
  const first = source.moved?.find(({ foundBy }) => foundBy !== "redirect");
  if (!first) return "no entry point is gone";
  const home = source.home ?? new URL("/", first.from).href;
  const siteDiscovery = await discoverSite({ ...deps, proxy: source.proxy }, home);
  const kinds = new Map(entryPoints(source).map(({ url, kind }) => [urlKey(url), kind]));
  const candidates = siteDiscovery.candidates.filter(
    ({ url, why, measures }) => !kinds.has(urlKey(url)) && (why === null || measures !== null),
  );
  const moved = (source.moved ?? []).map((one): Moved => {
    if (one.foundBy === "redirect") return one;
    const index = candidates.findIndex(({ kind }) => kind === kinds.get(urlKey(one.from)));
    const [found] = index < 0 ? [] : candidates.splice(index, 1);
    return { ...one, to: found?.url ?? null, foundBy: found ? "discovery" : null };
  });
  await setSource(deps.store, source._id, { moved });
  const messages = moved.flatMap(({ from, to, foundBy }) =>
    foundBy === "discovery" ? [`${from}: maybe ${to}`] : [],
  );
  if (messages.length === 0) throw new GiveUp("bad-response", `${home} offers no replacement`);
  return messages.join("; ");
}

export type Entry = Pick<Link, "url" | "foundUrl" | "hops" | "state" | "reason">;

const PERMANENT_REDIRECTS = new Set([301, 308]);

/** Returns the entry points that moved or are gone; `before` is the previous run's result. */
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
      return [
        { from, to, foundBy: "redirect", runs: (same?.runs ?? 0) + 1, since: same?.since ?? now },
      ];
    }
    if (reason === "gone") {
      const same = known?.foundBy === "redirect" ? undefined : known;
      const rest = { runs: (same?.runs ?? 0) + 1, since: same?.since ?? now };
      return [{ from, to: same?.to ?? null, foundBy: same?.foundBy ?? null, ...rest }];
    }
    // A run that couldn't reach an entry point doesn't show whether it has moved.
    return entry.state === "done" || !known ? [] : [known];
  });
}

function targetOf({ url, foundUrl, hops, state, reason }: Entry): string | null {
  if (state !== "done" || reason !== null || url === foundUrl || hops.length === 0) return null;
  return hops.every(({ status }) => PERMANENT_REDIRECTS.has(status)) ? url : null;
}
