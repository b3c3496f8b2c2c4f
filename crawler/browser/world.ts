import type { CDPSession } from "playwright";

/** A JavaScript world that page scripts can't access. Playwright's own evaluation costs more. */
export interface World {
  /** Runs `code` in the page. Returns null if the document was replaced before it finished. */
  ask<Input, Answer>(
    code: (input: Input) => Answer | Promise<Answer>,
    input: Input,
  ): Promise<Answer | null>;
}

const DOCUMENT_REPLACED =
  /cannot find context|context was destroyed|promise was collected|target navigated/i;

/** Returns an isolated world in a frame. After a change of document, it uses the new one. */
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
