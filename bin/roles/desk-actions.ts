import { PRODUCT } from "../../config/env.ts";
import { ProblemError } from "../../model/problem.ts";
import { findMoved } from "../../sources/discovery/moved.ts";
import { measureRecall } from "../../sources/discovery/recall.ts";
import { activate, beginPreview } from "../../sources/preview/run.ts";
import { type Noted, note } from "../../store/operations/audit.ts";
import { getPreview } from "../../store/sources/previews.ts";
import { getSource } from "../../store/sources/sources.ts";
import type { AdminActions } from "../../web/admin/actions.ts";
import type { Deps } from "../../workers/deps.ts";
import { type Desk, openedOnce } from "../desk.ts";

/** Previews that are made at once; a site is asked slowly, so they take a minute or two. */
const AT_ONCE = 4;

/** Days that recall is measured over. */
const DAYS = 7;

/** What the operators' pages can do with sources that aren't watched yet; `open` opens the way out once. */
export function deskActions(
  { store, now, log }: Pick<Deps, "store" | "now" | "log">,
  options: { sourcesDir: string; topics: ReadonlySet<string>; open: () => Promise<Desk> },
): Pick<AdminActions, "preview" | "activate" | "findMoved" | "recall"> {
  let working = 0;
  const opened = openedOnce(options.open);
  const about = { store, product: PRODUCT, now, progress: () => {} };
  /** Begins a look at a site; what came of it goes into the audit log. */
  const begin = (entry: Omit<Noted, "at">, work: (way: Desk) => Promise<string>) => {
    if (working >= AT_ONCE) throw refused(`${AT_ONCE} sites are being looked at: wait for one.`);
    working += 1;
    void opened()
      .then(work)
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      .then((detail) => note(store, { ...entry, at: now(), detail }))
      .catch((err: unknown) => log.error({ err, ...entry }, "what was found was not kept"))
      .finally(() => (working -= 1));
    return "its site is being looked at; the audit log tells when it is done";
  };
  return {
    async preview(what, by) {
      if (working >= AT_ONCE) throw refused(`${AT_ONCE} previews are being made: wait for one.`);
      // Counted before anything is waited for: several may be asked for at the same moment.
      working += 1;
      try {
        const { topics } = options;
        const { id, work } = await beginPreview(
          { ...(await opened()), ...about, topics },
          what,
          by,
        );
        void work()
          .catch((err: unknown) => log.error({ err, previewId: id }, "preview was not kept"))
          .finally(() => (working -= 1));
        return id;
      } catch (error) {
        working -= 1;
        throw error;
      }
    },
    async findMoved(id, asked) {
      const source = await getSource(store, id);
      if (!source?.moved?.length) throw refused("No entry point of this source is gone.");
      return begin({ ...asked, action: "source.find", subject: id }, (way) =>
        findMoved({ ...way, ...about }, source),
      );
    },
    async recall(id, asked) {
      const source = await getSource(store, id);
      if (!source) throw refused("There is no such source.");
      return begin({ ...asked, action: "source.recall", subject: id }, async (way) => {
        const { stored, published } = await measureRecall({ ...way, ...about }, source, DAYS);
        return `${stored} of ${published}`;
      });
    },
    async activate(id, asked) {
      const preview = await getPreview(store, id);
      if (!preview) throw new ProblemError(404, "not-found", "There is no such preview any more.");
      const { sourcesDir } = options;
      const result = await activate({ store, sourcesDir, now }, preview, asked);
      if ("problem" in result) throw new ProblemError(400, "not-possible", result.problem);
      return result.done;
    },
  };
}

function refused(problem: string): ProblemError {
  return new ProblemError(400, "not-possible", problem);
}
