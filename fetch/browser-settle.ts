import type { Page } from "playwright";
import { within } from "../lib/stack.ts";
import { sleep } from "../lib/time.ts";
import type { Traffic } from "./browser-traffic.ts";

const STEP = 100;
/** Characters of text from which a page may be an article already. */
export const ARTICLE_TEXT = 800;
/** ms without a request after which a page asks for no more, as Playwright has it. */
const IDLE = 500;
/** ms without a change after which such a text is taken: while nothing is asked for, and while something is. */
const STILL = { idle: 250, busy: 800 };

/**
 * Waits until a page has what it will show: the network is quiet, or a text of some length stopped
 * growing; at most `longest` ms. Answers the characters of its text; rejects when one question to the
 * page has no answer for `call` ms, as in an endless loop.
 */
export async function settle(
  page: Page,
  traffic: Traffic,
  { longest, call }: { longest: number; call: number },
): Promise<number> {
  const end = performance.now() + longest;
  let [before, changedAt] = [-1, 0];
  while (performance.now() < end) {
    const { ready, size } = await within(call, page.evaluate(look), "looking at the page");
    const now = performance.now();
    if (size !== before) [before, changedAt] = [size, now];
    const [idle, still] = [traffic.idle(now), now - changedAt];
    if (ready === "complete" && idle >= IDLE) return size;
    if (size >= ARTICLE_TEXT && ready !== "loading") {
      if (still >= STILL.busy || Math.min(idle, still) >= STILL.idle) return size;
    }
    await sleep(STEP);
  }
  return before;
}

/** Runs in the page. */
function look(): { ready: string; size: number } {
  const view: Pick<typeof globalThis, never> & {
    document?: { readyState: string; body: { textContent: string | null } | null };
  } = globalThis;
  const { document } = view;
  return {
    ready: document?.readyState ?? "loading",
    size: document?.body?.textContent?.length ?? 0,
  };
}
