import type { Http } from "../http/http.ts";
import type { BrowserPool } from "./browser.ts";
import type { Semaphore } from "./semaphore.ts";

/** Returns a client that renders each page in its own context. `permits` limits concurrency. */
export function fetchRendered(open: BrowserPool["open"], permits?: Semaphore): Pick<Http, "get"> {
  return {
    async get(request) {
      const leave = await permits?.acquire();
      try {
        const turn = await open(request.proxy ?? null);
        try {
          return await turn.render(request);
        } finally {
          await turn.close();
        }
      } finally {
        leave?.();
      }
    },
  };
}
