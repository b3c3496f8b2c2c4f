import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { stringify } from "yaml";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { watchersOf } from "../../crawler/links/shared-entries.ts";
import { givesReason } from "../../model/operations/audit.ts";
import type { Preview, PreviewResult } from "../../model/sources/preview.ts";
import type { Source } from "../../model/sources/source.ts";
import { declared } from "../../model/sources/version.ts";
import { note } from "../../store/operations/audit.ts";
import { notePreviewStep, savePreview } from "../../store/sources/previews.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import type { DiscoveryDeps } from "../discovery/candidates.ts";
import { discoverSite } from "../discovery/discover-site.ts";
import { applySources, placeFile } from "../files/apply.ts";
import { draftSource } from "../files/load.ts";
import { verdictOf } from "./checks.ts";
import { type PreviewDeps, previewSource } from "./preview.ts";

/** What previews that are kept stand on. */
export type DeskDeps = Omit<DiscoveryDeps & PreviewDeps, "taken" | "progress"> & {
  store: Store;
  /** Sources of files, which the store may not have yet. */
  configured?: readonly Source[];
  /** Known topics; null leaves them unchecked. */
  topics: ReadonlySet<string> | null;
};

/** What is previewed: a site from its home page, through a proxy where one is named, or a declaration. */
export type Asked = { home: string; proxy?: string | undefined } | { yaml: string };

/** Never activated, a preview is kept for so long, ms. */
const KEPT = 7 * 86_400_000;

/** A preview that is about to begin, stored; `work` does it and never rejects. */
export async function beginPreview(
  deps: DeskDeps,
  asked: Asked,
  by: string,
): Promise<{ id: string; work: () => Promise<Preview> }> {
  const at = deps.now();
  const preview: Preview = {
    _id: randomUUID(),
    sourceId: null,
    home: "home" in asked ? asked.home : null,
    yaml: "yaml" in asked ? asked.yaml : null,
    state: "working",
    step: "begins",
    stepAt: at,
    at,
    by,
    siteDiscovery: null,
    result: null,
    pages: [],
    activated: null,
    expiresAt: new Date(at.getTime() + KEPT),
  };
  await savePreview(deps.store, preview);
  const proxy = "home" in asked ? asked.proxy : undefined;
  return { id: preview._id, work: () => finish({ ...deps, proxy }, preview) };
}

async function finish(deps: DeskDeps, begun: Preview): Promise<Preview> {
  const { store, now } = deps;
  let preview = begun;
  try {
    preview = await discovered(deps, preview);
    preview = await previewed(deps, preview);
  } catch (error) {
    const step = error instanceof Error ? error.message : String(error);
    preview = { ...preview, state: "failed", step };
  }
  preview = { ...preview, stepAt: now() };
  await savePreview(store, preview);
  return preview;
}

function progressOf({ store, now }: DeskDeps, { _id }: Preview) {
  // A step that isn't noted is no reason to stop.
  return (step: string) => void notePreviewStep(store, _id, step, now()).catch(() => {});
}

async function discovered(deps: DeskDeps, preview: Preview): Promise<Preview> {
  if (preview.home === null) return preview;
  const sources = await listSources(deps.store);
  const taken = new Set(sources.map(({ _id }) => _id));
  const watched = sources.filter(({ active }) => active);
  const siteDiscovery = await discoverSite(
    { ...deps, taken, watched, progress: progressOf(deps, preview) },
    preview.home,
  );
  return {
    ...preview,
    siteDiscovery,
    yaml: siteDiscovery.source && stringify(siteDiscovery.source),
  };
}

async function previewed(deps: DeskDeps, preview: Preview): Promise<Preview> {
  if (preview.yaml === null) {
    return { ...preview, state: "failed", step: "nothing on this site can be proposed" };
  }
  const draft = draftSource(preview.yaml, deps.topics);
  if ("problems" in draft) {
    return { ...preview, state: "failed", step: draft.problems.join("\n") };
  }
  const { source } = draft;
  const progress = progressOf(deps, preview);
  const { result: seen, pages } = await previewSource({ ...deps, progress }, source);
  const result = withProblems(seen, await sharedWith(deps, source));
  return { ...preview, sourceId: source.id, state: "done", step: result.verdict, result, pages };
}

/** Entry points that other sources have, too, in words. */
async function sharedWith({ store, configured = [] }: DeskDeps, source: Source): Promise<string[]> {
  const active = (await listSources(store)).filter((one) => one.active);
  const others = new Map([...active, ...configured].map((one) => [one.id, one]));
  others.delete(source.id);
  return watchersOf(
    [...others.values()],
    entryPoints(source).map(({ url }) => url),
  );
}

function withProblems(result: PreviewResult, warnings: readonly string[]): PreviewResult {
  if (warnings.length === 0) return result;
  const more = warnings.map((text) => ({ level: "warning", text }) as const);
  const problems = [...result.problems, ...more];
  return { ...result, problems, verdict: verdictOf(problems) };
}

/** What came of an activation. */
type Activation = { done: string } | { problem: string };

/**
 * Makes the source of a preview one that is watched: its file is written into the folder of the
 * sources, the store takes it over, the preview becomes its fixture. Asks for a reason unless the
 * preview is green; refuses to overwrite a file that says something else.
 */
export async function activate(
  { store, sourcesDir, now }: { store: Store; sourcesDir: string; now: () => Date },
  preview: Preview,
  { by, reason }: { by: string; reason: string },
): Promise<Activation> {
  const { yaml, result, state } = preview;
  if (state !== "done" || !yaml || !result) return { problem: "the preview isn't done" };
  const isGreen = result.verdict === "green";
  if (!isGreen && !givesReason(reason)) {
    return {
      problem: `the preview is ${result.verdict}: say why the source is wanted all the same`,
    };
  }
  const draft = draftSource(yaml, null);
  if ("problems" in draft) return { problem: draft.problems.join("\n") };
  const { source } = draft;
  const file = join(sourcesDir, `${source.id}.yaml`);
  const refused = await placeFile(file, yaml);
  if (refused) return { problem: refused };
  const at = now();
  const others = new Set((await listSources(store)).map(({ _id }) => _id));
  const making = { at, by, reason: reason || null, keep: others };
  await applySources(store, [declared(source, yaml)], making);
  const activated = { at, by, reason: isGreen ? null : reason };
  await savePreview(store, { ...preview, activated, expiresAt: null });
  const detail = `preview ${preview._id}, ${result.verdict}`;
  await note(store, {
    at,
    by,
    action: "source.activate",
    subject: source.id,
    reason: reason || null,
    detail,
  });
  return { done: `${source.id} is watched; its file is ${file}` };
}
