import type { CDPSession } from "playwright";

/**
 * An isolated JavaScript world: code in it can use the page's document, but the page's scripts
 * can't access this code. Playwright's own evaluation costs more than all our calls together,
 * because it injects code into each page.
 */
export interface World {
  /**
   * Runs `code` in the page and returns its result; null if the page's document was replaced before
   * the code had finished.
   */
  ask<Input, Answer>(
    code: (input: Input) => Answer | Promise<Answer>,
    input: Input,
  ): Promise<Answer | null>;
}

const DOCUMENT_REPLACED =
  /cannot find context|context was destroyed|promise was collected|target navigated/i;

/**
 * Returns an isolated JavaScript world in a frame. If the frame's document is replaced, the next
 * call runs in the new document.
 */
export function openWorld(session: CDPSession, frameId: string): World {
  let entered: number | null = null;
  return {
    async ask<Answer>(code: unknown, input: unknown) {
      try {
        entered ??= await enter(session, frameId);
        const { result } = await session.send("Runtime.evaluate", {
          expression: `(${String(code)})(${JSON.stringify(input)})`,
          contextId: entered,
          awaitPromise: true,
          returnByValue: true,
        });
        return result.value as Answer;
      } catch (error) {
        entered = null;
        if (DOCUMENT_REPLACED.test(String(error))) return null;
        throw error;
      }
    },
  };
}

async function enter(session: CDPSession, frameId: string): Promise<number> {
  const params = { frameId, worldName: "newsgather" };
  return (await session.send("Page.createIsolatedWorld", params)).executionContextId;
}
