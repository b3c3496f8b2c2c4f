import { randomUUID } from "node:crypto";
import { stringify } from "yaml";
import { draftSource } from "../../config/draft-source.ts";
import type { Preview } from "../../model/preview.ts";
import { notePreviewStep, savePreview } from "../../store/previews.ts";
import { listSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import type { SurveyDeps } from "../survey/deps.ts";
import { surveySite } from "../survey/survey.ts";
import { type PreviewDeps, previewSource } from "./preview.ts";

/** What previews that are kept stand on. */
export type DeskDeps = Omit<SurveyDeps & PreviewDeps, "taken" | "progress"> & {
  store: Store;
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
    survey: null,
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
    preview = await surveyed(deps, preview);
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

async function surveyed(deps: DeskDeps, preview: Preview): Promise<Preview> {
  if (preview.home === null) return preview;
  const taken = new Set((await listSources(deps.store)).map(({ _id }) => _id));
  const survey = await surveySite(
    { ...deps, taken, progress: progressOf(deps, preview) },
    preview.home,
  );
  return { ...preview, survey, yaml: survey.source && stringify(survey.source) };
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
  const { result, pages } = await previewSource({ ...deps, progress }, source);
  return { ...preview, sourceId: source.id, state: "done", step: result.verdict, result, pages };
}
