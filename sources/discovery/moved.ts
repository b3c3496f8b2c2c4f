import { readFile } from "node:fs/promises";
import { isSeq, parseDocument, visit } from "yaml";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { ENTRY_POINT_FIELDS } from "../../model/crawl/entry-points.ts";
import { GiveUp } from "../../model/crawl/outcome.ts";
import type { Author } from "../../model/operations/audit.ts";
import { isOffered, type Moved, type SourceRecord } from "../../model/sources/source.ts";
import { declared } from "../../model/sources/version.ts";
import { getSource, setSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { applyEdits } from "../files/edit.ts";
import type { Outcome } from "../files/lifecycle.ts";
import { draftSource } from "../files/load.ts";
import { type ManageDeps, placeOf, requireDone } from "../files/manage.ts";
import type { DiscoveryDeps } from "./candidates.ts";
import { discoverSite } from "./discover-site.ts";

/** Replaces moved entry points in a source's file with their new URLs, or returns the problem. */
export async function repairMoved(
  { store, file, now }: { store: Store; file: string; now: Date },
  id: string,
  { actor, reason }: Author,
): Promise<Outcome> {
  const source = await getSource(store, id);
  if (!source) return { problem: `there is no source ${id}` };
  const offered = (source.moved ?? []).filter(isOffered);
  if (offered.length === 0) return { problem: `no entry point of ${id} is known to have moved` };
  const before = await readFile(file, "utf8").catch(() => null);
  if (before === null) return { problem: `${file} can't be read` };
  const yaml = withUrls(before, offered);
  const draft = draftSource(yaml, null);
  if ("problems" in draft) return { problem: draft.problems.join("; ") };
  const after = declared(draft.source, yaml);
  const edit = { id, name: source.name, file, before, after, fields: [] };
  const [problem] = await applyEdits(store, [edit], { at: now, actor, reason });
  if (problem) return { problem };
  await setSource(store, id, { moved: [] });
  const messages = offered.map(({ from, to }) => `${from} is ${to} now`);
  return { done: messages.join("; ") };
}

export async function repairSource(deps: ManageDeps, id: string, author: Author): Promise<string> {
  return requireDone(await repairMoved(await placeOf(deps, id), id, author));
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
  deps: Omit<DiscoveryDeps, "taken"> & { store: Store },
  source: SourceRecord,
): Promise<string> {
  const gone = (source.moved ?? []).filter(({ foundBy }) => foundBy !== "redirect");
  const [first] = gone;
  if (!first) return "no entry point is gone";
  const home = source.home ?? new URL("/", first.from).href;
  const siteDiscovery = await discoverSite(
    { ...deps, proxy: source.proxy, taken: new Set() },
    home,
  );
  const there = new Set(entryPoints(source).map(({ url }) => urlKey(url)));
  const kinds = new Map(entryPoints(source).map(({ url, kind }) => [url, kind]));
  const candidates = siteDiscovery.candidates.filter(
    ({ url, why, measures }) => !there.has(urlKey(url)) && (why === null || measures !== null),
  );
  const moved = (source.moved ?? []).map((one): Moved => {
    if (one.foundBy === "redirect") return one;
    const index = candidates.findIndex(({ kind }) => kind === kinds.get(one.from));
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
