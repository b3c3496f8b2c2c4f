import type { CDPSession } from "playwright";

/**
 * Where code of ours runs beside a page: it sees the page's document, and the page's scripts don't reach it. What
 * Playwright asks with puts code of its own into each page, which costs more than all questions.
 */
export interface World {
  /** Returns what `code` answers in the page; null when the page was loaded again meanwhile. */
  ask<Input, Answer>(
    code: (input: Input) => Answer | Promise<Answer>,
    input: Input,
  ): Promise<Answer | null>;
}

/** What the browser says when the document is another one by now. */
const LEFT = /cannot find context|context was destroyed|promise was collected|target navigated/i;

/** A world of the document that the frame shows, or of the one after it. */
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
        if (LEFT.test(String(error))) return null;
        throw error;
      }
    },
  };
}

async function enter(session: CDPSession, frameId: string): Promise<number> {
  const params = { frameId, worldName: "newsgather" };
  return (await session.send("Page.createIsolatedWorld", params)).executionContextId;
}
