import type { BrowserPool, BrowserTurn } from "../fetch/browser.ts";
import type { HttpRequest } from "../fetch/http.ts";
import type { Received } from "../fetch/received.ts";
import type { Skipped } from "../model/skipped.ts";
import type { TurnPayload } from "../queues/fetch.ts";

/** A host's context is closed after so long without a page, ms, or after so many pages. */
const IDLE = 30_000;
const PAGES = 50;

/** Browser contexts that stay open over the turns of a host: a new one for each page costs 4 times. */
export interface BrowserSessions {
  render(turn: TurnPayload, request: HttpRequest): Promise<Received | Skipped>;
  /** Closes the turn's context, since nothing more is due at its host. */
  end(turn: TurnPayload): Promise<void>;
  close(): Promise<void>;
}

interface Session {
  turn: Promise<BrowserTurn>;
  pages: number;
  timer: NodeJS.Timeout | undefined;
}

/** One context per turn of a host that is being visited, its page reused. */
export function createBrowserSessions(browser: BrowserPool): BrowserSessions {
  const sessions = new Map<string, Session>();
  const end = async (key: string) => {
    const session = sessions.get(key);
    if (!session) return;
    sessions.delete(key);
    clearTimeout(session.timer);
    await session.turn.then(
      (turn) => turn.close(),
      () => {},
    );
  };
  return {
    async render(turn, request) {
      const key = keyOf(turn);
      const session = sessions.get(key) ?? { turn: browser.open(), pages: 0, timer: undefined };
      sessions.set(key, session);
      clearTimeout(session.timer);
      session.pages++;
      try {
        return await (await session.turn).render(request);
      } catch (error) {
        // Whatever went wrong in a context may go on in it.
        await end(key);
        throw error;
      } finally {
        if (session.pages >= PAGES) await end(key);
        else if (sessions.get(key) === session) {
          session.timer = setTimeout(() => void end(key), IDLE);
        }
      }
    },
    end: (turn) => end(keyOf(turn)),
    async close() {
      await Promise.all([...sessions.keys()].map(end));
      await browser.close();
    },
  };
}

function keyOf({ host, turn }: TurnPayload): string {
  return `${turn} ${host}`;
}
