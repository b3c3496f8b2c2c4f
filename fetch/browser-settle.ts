import type { Page } from "playwright";
import { within } from "../lib/stack.ts";
import { sleep } from "../lib/time.ts";

const STEP = 200;
/** Characters of text from which a page may be an article already. */
export const ARTICLE_TEXT = 800;
/** Steps without a change after which such a text is taken as it stands. */
const STILL = 4;

/**
 * Waits until a page has what it will show: the network is quiet, or a text of some length stopped
 * growing; at most `longest` ms. Answers the characters of its text; rejects when one question to the
 * page has no answer for `call` ms, as in an endless loop.
 */
export async function settle(page: Page, longest: number, call: number): Promise<number> {
  const end = performance.now() + longest;
  let quiet = false;
  const idle = async () => {
    await page.waitForLoadState("networkidle", { timeout: longest });
    quiet = true;
  };
  idle().catch(() => {});
  let before = -1;
  let still = 0;
  while (performance.now() < end) {
    const { ready, size } = await within(call, page.evaluate(look), "looking at the page");
    still = size === before ? still + 1 : 0;
    before = size;
    if (quiet && ready === "complete") return size;
    if (size >= ARTICLE_TEXT && still >= STILL && ready !== "loading") return size;
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
