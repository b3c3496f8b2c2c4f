import { randomUUID } from "node:crypto";
import { stringify } from "yaml";
import { entryPoints, watchersOf } from "../../crawler/links/entry-points.ts";
import type { Visitor } from "../../crawler/visit.ts";
import { sleep } from "../../lib/time.ts";
import { type Author, givesReason } from "../../model/operations/audit.ts";
import { notPossible } from "../../model/problem.ts";
import type { FoundEntryPoint, Preview } from "../../model/sources/preview.ts";
import type { Source } from "../../model/sources/source.ts";
import {
  endPreview,
  getPreview,
  notePreviewStep,
  savePreview,
} from "../../store/sources/previews.ts";
import { getSource, listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import type { DiscoveryDeps } from "../discovery/candidates.ts";
import { discoverSite } from "../discovery/discover-site.ts";
import { draftSource } from "../files/load.ts";
import { addSourceFile, type ManageDeps, replaceSource } from "../files/manage.ts";
import { NeedsBrowser, type PreviewDeps, previewSource, verdictOf } from "./preview.ts";

export type PreviewStoreDeps = Omit<
  DiscoveryDeps & PreviewDeps,
  "taken" | "progress" | "render"
> & {
  store: Store;
  /** The browser of this process, or a way to ask workers for one; null if there is neither. */
  render: Visitor | { ask(previewId: string): Promise<void> } | null;
  /** Sources in files, which might not be stored yet. */
  configured?: readonly Source[];
  /** Known topics; null if topics aren't checked. */
  topics: ReadonlySet<string> | null;
};

/**
 * What to preview: a new site by its home page, or a source's declaration. `sourceVersion` is the
 * version to replace, by default the current one.
 */
export type PreviewRequest =
  | { home: string; proxy?: string | undefined }
  | { yaml: string; sourceVersion?: number | undefined };

const RENDER_POLL_MS = 1000;
const RENDER_TIMEOUT_MS = 120_000;
const WAITING_STEP = "waits for a worker with a browser";

const PREVIEW_RETENTION_MS = 7 * 86_400_000;

/** Returns the request that repeats a preview from the beginning. */
export function requestOf({ home, proxy, yaml, sourceVersion }: Preview): PreviewRequest {
  return home !== null ? { home, proxy } : { yaml: yaml ?? "", sourceVersion };
}

export async function beginPreview(
  deps: PreviewStoreDeps,
  request: PreviewRequest,
  actor: string,
): Promise<{ id: string; work: () => Promise<Preview> }> {
  const at = deps.now();
  const preview: Preview = {
    _id: randomUUID(),
    sourceId: null,
    home: null,
    yaml: null,
    ...request,
    state: "working",
    step: "begins",
    stepAt: at,
    at,
    actor,
    siteDiscovery: null,
    result: null,
    pages: [],
    activated: null,
    expiresAt: new Date(at.getTime() + PREVIEW_RETENTION_MS),
  };
  await savePreview(deps.store, preview);
  const work = async () => {
    const ended = await runPreview({ ...deps, proxy: preview.proxy }, preview);
    await endPreview(deps.store, ended);
    return ended;
  };
  return { id: preview._id, work };
}

async function runPreview(deps: PreviewStoreDeps, begun: Preview): Promise<Preview> {
  let preview = begun;
  try {
    preview = await discovered(deps, preview);
    preview = await previewed(deps, preview);
  } catch (error) {
    const step = error instanceof Error ? error.message : String(error);
    preview = { ...preview, state: "failed", step };
  }
  return { ...preview, stepAt: deps.now() };
}

function progressOf(
  { store, now }: Pick<PreviewStoreDeps, "store" | "now">,
  { _id }: Preview,
  found?: readonly FoundEntryPoint[],
) {
  return (step: string) => {
    const noted = { step, ...(found && { found: [...found] }) };
    // Failing to record a step is no reason to stop.
    notePreviewStep(store, _id, noted, now()).catch(() => {});
  };
}

async function discovered(deps: PreviewStoreDeps, preview: Preview): Promise<Preview> {
  if (preview.home === null || preview.yaml !== null) return preview;
  const sources = await listSources(deps.store);
  const taken = new Set(sources.map(({ _id }) => _id));
  const watched = sources.filter(({ active }) => active);
  const found: FoundEntryPoint[] = [];
  const siteDiscovery = await discoverSite(
    {
      ...deps,
      taken,
      watched,
      progress: progressOf(deps, preview, found),
      found: (entryPoint) => void found.push(entryPoint),
    },
    preview.home,
  );
  return {
    ...preview,
    siteDiscovery,
    yaml: siteDiscovery.source && stringify(siteDiscovery.source),
  };
}

/** Continues a preview that hasn't ended. Stores no result if `closing` is aborted meanwhile. */
export async function renderPreview(
  deps: PreviewStoreDeps & { render: Visitor },
  id: string,
  closing?: AbortSignal,
): Promise<void> {
  const preview = await getPreview(deps.store, id);
  if (preview?.state !== "working") return;
  const ended = await runPreview(deps, preview);
  // Pages that failed because the browser was closed say nothing about their site.
  if (!closing?.aborted) await endPreview(deps.store, ended);
}

async function renderedElsewhere(
  { store, now }: PreviewStoreDeps,
  preview: Preview,
  ask: (previewId: string) => Promise<void>,
): Promise<Preview | null> {
  const { _id } = preview;
  await savePreview(store, { ...preview, step: WAITING_STEP, stepAt: now() });
  for (;;) {
    // Ask again each time, in case Redis lost the job.
    await ask(_id).catch(() => {});
    await sleep(RENDER_POLL_MS);
    const latest = await getPreview(store, _id);
    if (!latest || latest.state !== "working") return latest;
    if (now().getTime() - latest.stepAt.getTime() > RENDER_TIMEOUT_MS) return null;
  }
}

async function previewed(deps: PreviewStoreDeps, preview: Preview): Promise<Preview> {
  const { render } = deps;
  if (!render || !("ask" in render)) return fetchAndRead({ ...deps, render }, preview);
  try {
    return await fetchAndRead({ ...deps, render: "elsewhere" }, preview);
  } catch (error) {
    if (!(error instanceof NeedsBrowser)) throw error;
    const rendered = await renderedElsewhere(deps, preview, render.ask);
    return rendered ?? fetchAndRead({ ...deps, render: null }, preview);
  }
}

async function fetchAndRead(
  deps: Omit<PreviewStoreDeps, "render"> & Pick<PreviewDeps, "render">,
  preview: Preview,
): Promise<Preview> {
  if (preview.yaml === null)
    throw new Error("no usable feed, sitemap or list was found on this site");
  const draft = draftSource(preview.yaml, deps.topics);
  if ("problems" in draft) throw new Error(draft.problems.join("\n"));
  const { source } = draft;
  const current = await getSource(deps.store, source.id);
  const progress = progressOf(deps, preview);
  const { result: seen, pages } = await previewSource({ ...deps, progress }, source);
  const shared = await sharedWith(deps, source);
  const problems = [
    ...seen.problems,
    ...shared.map((text) => ({ level: "warning", text }) as const),
  ];
  const result = { ...seen, problems, verdict: verdictOf(problems) };
  return {
    ...preview,
    sourceId: source.id,
    ...(current?.active && { sourceVersion: preview.sourceVersion ?? current.version }),
    state: "done",
    step: result.verdict,
    result,
    pages,
  };
}

async function sharedWith(
  { store, configured = [] }: Pick<PreviewStoreDeps, "store" | "configured">,
  source: Source,
): Promise<string[]> {
  const active = (await listSources(store)).filter((one) => one.active);
  const others = new Map([...active, ...configured].map((one) => [one.id, one]));
  others.delete(source.id);
  return watchersOf(
    [...others.values()],
    entryPoints(source).map(({ url }) => url),
  );
}

/**
 * Creates or changes a preview's source, and keeps the preview as the source's fixture. Throws a
 * `ProblemError` if the preview isn't done or is outdated, or if a reason is missing.
 */
export async function activate(
  deps: ManageDeps,
  preview: Preview,
  { actor, reason }: Author,
): Promise<string> {
  const { yaml, result, state, sourceId: id } = preview;
  if (state !== "done" || !yaml || !result || !id) throw notPossible("The preview isn't done.");
  const { verdict } = result;
  const activated = { at: deps.now(), actor, reason: reason || null };
  const current = await getSource(deps.store, id);
  const version = current?.active ? current.version : undefined;
  if (version !== preview.sourceVersion)
    throw notPossible("The source has changed since this preview. Preview the source again.");
  if (version !== undefined) {
    if (!givesReason(reason)) throw notPossible("Give a reason for the change.");
    await replaceSource(deps, id, yaml, { actor, reason });
    await savePreview(deps.store, { ...preview, activated, expiresAt: null });
    return `${id} and its file were changed`;
  }
  const isGreen = verdict === "green";
  if (!isGreen && !givesReason(reason)) {
    throw notPossible(`The preview is ${verdict}: give a reason to watch the source anyway.`);
  }
  const detail = `preview ${preview._id}, ${verdict}`;
  const file = await addSourceFile(deps, yaml, { id, actor, reason: reason || null, detail });
  const noted = { ...activated, reason: isGreen ? null : reason };
  await savePreview(deps.store, { ...preview, activated: noted, expiresAt: null });
  return `${id} is watched; its file is ${file}`;
}
