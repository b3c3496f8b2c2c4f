import type { Trouble } from "../../model/trouble.ts";
import type { Service } from "./service.ts";

/** How often a process is looked at, ms. */
const EVERY = 1000;

/**
 * Looks at a process every second: `note` gets what is wrong with it, or null; `replace` is called
 * once, when it has been stuck for `stuckAfter` ms. Answers how to end the watch.
 */
export function watch(
  service: Pick<Service, "look">,
  options: {
    stuckAfter: number;
    note: (trouble: Trouble | null) => void;
    replace: (why: string) => void;
    every?: number;
  },
): () => void {
  const { stuckAfter, note, replace, every = EVERY } = options;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const trouble = await service.look();
    if (ended) return;
    note(trouble);
    const since = trouble?.stuckSince ?? null;
    if (trouble && since !== null && Date.now() - since >= stuckAfter) {
      ended = true;
      replace(trouble.text);
      return;
    }
    timer = setTimeout(() => void look(), every);
  };
  timer = setTimeout(() => void look(), every);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
