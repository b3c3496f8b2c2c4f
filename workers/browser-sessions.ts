import type { BrowserPool, BrowserTurn } from "../fetch/browser.ts";
import type { HttpRequest } from "../fetch/http.ts";
import type { Received } from "../fetch/received.ts";
import type { Skipped } from "../model/skipped.ts";

/** A host's context is closed after so long without a page, ms, or after so many pages. */
const IDLE = 30_000;
const PAGES = 50;

/** Browser contexts that stay open over the turns of a host: a new one for each page costs 4 times. */
export interface BrowserSessions {
  render(host: string, request: HttpRequest): Promise<Received | Skipped>;
  /** Closes the host's context, since nothing more is due there. */
  end(host: string): Promise<void>;
  close(): Promise<void>;
}

interface Session {
  turn: Promise<BrowserTurn>;
  pages: number;
  timer: NodeJS.Timeout | undefined;
}

/** One context per host that is being visited, its page reused. */
export function createBrowserSessions(browser: BrowserPool): BrowserSessions {
  const sessions = new Map<string, Session>();
  const end = async (host: string) => {
    const session = sessions.get(host);
    if (!session) return;
    sessions.delete(host);
    clearTimeout(session.timer);
    await session.turn.then(
      (turn) => turn.close(),
      () => {},
    );
  };
  return {
    async render(host, request) {
      const session = sessions.get(host) ?? { turn: browser.open(), pages: 0, timer: undefined };
      sessions.set(host, session);
      clearTimeout(session.timer);
      session.pages++;
      try {
        return await (await session.turn).render(request);
      } catch (error) {
        // Whatever went wrong in a context may go on in it.
        await end(host);
        throw error;
      } finally {
        if (session.pages >= PAGES) await end(host);
        else if (sessions.get(host) === session) {
          session.timer = setTimeout(() => void end(host), IDLE);
        }
      }
    },
    end,
    async close() {
      await Promise.all([...sessions.keys()].map(end));
      await browser.close();
    },
  };
}
