import type { AdminActions } from "../../admin/actions.ts";
import { PRODUCT } from "../../config/env.ts";
import { ProblemError } from "../../model/problem.ts";
import { getPreview } from "../../store/previews.ts";
import type { Deps } from "../../workers/deps.ts";
import { activate } from "../../workers/preview/activate.ts";
import { beginPreview } from "../../workers/preview/run.ts";
import type { Desk } from "../desk.ts";

/** Previews that are made at once; a site is asked slowly, so they take a minute or two. */
const AT_ONCE = 4;

/** What the operators' pages can do with sources that aren't watched yet; `open` opens the way out once. */
export function deskActions(
  { store, now, log }: Pick<Deps, "store" | "now" | "log">,
  options: { sourcesDir: string; topics: ReadonlySet<string>; open: () => Promise<Desk> },
): Pick<AdminActions, "preview" | "activate"> {
  let desk: Promise<Desk> | null = null;
  let working = 0;
  /** A way out that couldn't be opened is tried anew the next time. */
  const opened = () => {
    desk ??= options.open().catch((error: unknown) => {
      desk = null;
      throw error;
    });
    return desk;
  };
  return {
    async preview(what, by) {
      if (working >= AT_ONCE) {
        throw new ProblemError(
          400,
          "not-possible",
          `${AT_ONCE} previews are being made: wait for one.`,
        );
      }
      // Counted before anything is waited for: several may be asked for at the same moment.
      working += 1;
      try {
        const { topics } = options;
        const about = { store, product: PRODUCT, now, topics };
        const { id, work } = await beginPreview({ ...(await opened()), ...about }, what, by);
        void work()
          .catch((err: unknown) => log.error({ err, previewId: id }, "preview was not kept"))
          .finally(() => (working -= 1));
        return id;
      } catch (error) {
        working -= 1;
        throw error;
      }
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
