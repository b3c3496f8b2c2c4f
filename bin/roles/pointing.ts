import { ProblemError } from "../../model/problem.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { withSelector } from "../../sources/files/edit.ts";
import { draftSource } from "../../sources/files/load.ts";
import { archivedPages, type KeptPage, previewPages } from "../../sources/selectors/pages.ts";
import { proposeSelectors } from "../../sources/selectors/propose.ts";
import { tryField, useSelector } from "../../sources/selectors/trial.ts";
import { getPreview } from "../../store/sources/previews.ts";
import { getSource, recordOf } from "../../store/sources/sources.ts";
import type { AdminActions } from "../../web/admin/actions.ts";
import type { PointedOf, Pointing } from "../../web/admin/deps.ts";
import type { Deps } from "../../workers/deps.ts";
import type { Desk } from "../desk.ts";

interface Opened {
  source: SourceRecord;
  /** The declaration; null for a source, whose file says it. */
  yaml: string | null;
  pages: KeptPage[];
}

/** Reading kept pages for selectors, and using those. */
export function pointingOf(
  { store, now }: Pick<Deps, "store" | "now">,
  open: () => Promise<Pick<Desk, "parser">>,
  options: {
    fileOf: (id: string) => Promise<string>;
    preview: AdminActions["preview"];
  },
): Pointing & Pick<AdminActions, "useSelector"> {
  const opened = async (of: PointedOf): Promise<Opened> => {
    if ("source" in of) {
      const source = await getSource(store, of.source);
      if (!source) throw missing("There is no such source.");
      return { source, yaml: null, pages: await archivedPages(store, of.source, now()) };
    }
    const preview = await getPreview(store, of.preview);
    if (!preview?.yaml) throw missing("There is no such preview any more.");
    const draft = draftSource(preview.yaml, null);
    if ("problems" in draft) throw refused(draft.problems.join("\n"));
    const source = recordOf(draft.source);
    return { source, yaml: preview.yaml, pages: await previewPages(preview) };
  };
  return {
    async open(of) {
      const { source, pages } = await opened(of);
      return { name: source.name, pages: pages.map(({ url, at }) => ({ url, at })) };
    },
    async marked(of, n) {
      const page = (await opened(of)).pages[n];
      if (!page) return null;
      const { body, contentType, finalUrl: url } = page;
      return (await open()).parser.mark({ task: "mark", body, contentType, url });
    },
    async proposals(of, asked) {
      const { source, pages } = await opened(of);
      return proposeSelectors(await open(), pages, asked, source.language ?? null);
    },
    async trial(of, asked) {
      const { source, pages } = await opened(of);
      return tryField(await open(), source, pages, asked);
    },
    async useSelector(of, { field, selector, by, reason }) {
      const { source, yaml, pages } = await opened(of);
      if (yaml !== null) {
        const changed = withSelector(yaml, { field, selector, from: null });
        const draft = draftSource(changed, null);
        if ("problems" in draft) throw refused(draft.problems.join("\n"));
        return { previewId: await options.preview({ yaml: changed }, by) };
      }
      const trial = await tryField(await open(), source, pages, { field, selector });
      const at = { store, file: await options.fileOf(source._id), now: now() };
      const outcome = await useSelector(at, source._id, trial, { by, reason });
      if ("problem" in outcome) throw refused(outcome.problem);
      return outcome;
    },
  };
}

function missing(problem: string): ProblemError {
  return new ProblemError(404, "not-found", problem);
}

function refused(problem: string): ProblemError {
  return new ProblemError(400, "not-possible", problem);
}
