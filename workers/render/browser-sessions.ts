import type { BrowserPool, BrowserTurn } from "../../crawler/browser/browser.ts";
import { createSemaphore, type Semaphore } from "../../crawler/browser/semaphore.ts";
import type { RenderRequest } from "../../crawler/browser/turn.ts";
import type { Upstream } from "../../crawler/egress/tunnel.ts";
import type { HttpRequest } from "../../crawler/http/http.ts";
import type { Received } from "../../crawler/http/response.ts";
import type { Skipped } from "../../model/crawl/outcome.ts";
import type { TurnPayload } from "../../queues/queues.ts";

const CONTEXT_IDLE_TIMEOUT_MS = 30_000;
const MAX_PAGES_PER_CONTEXT = 50;
const MAX_EXTRA_CONTEXTS = 8;
const MAX_IDLE_CONTEXTS_PER_HOST = 2;

/**
 * Browser contexts that stay open between pages, because opening a context is slow. Closing a
 * context deletes its cookies.
 */
export interface BrowserSessions extends Pick<BrowserPool, "enter" | "open"> {
  /** A permit is needed to render a page, but not to wait for the host or to store the page. */
  permits: Semaphore;
  /**
   * Begins a host turn (a job), and returns the function that ends it. Returns null if the turn has
   * no open context and as many turns are running as pages can render at once. The host's first
   * turn never gets null.
   */
  begin(turn: TurnPayload): (() => void) | null;
  has(turn: TurnPayload): boolean;
  /** Renders a page. Each `account` (a source with a login or headers) has its own contexts. */
  render(
    turn: TurnPayload & { account?: string | undefined },
    request: RenderRequest & Pick<HttpRequest, "proxy">,
  ): Promise<Received | Skipped>;
  /** Closes the idle contexts of a host turn (job). Call this if it has no link to fetch now. */
  end(turn: TurnPayload): Promise<void>;
  close(): Promise<void>;
}

interface Session {
  host: string;
  turn: Promise<BrowserTurn>;
  pages: number;
  busy: boolean;
  timer?: NodeJS.Timeout;
}

/** Returns the maximum number of open contexts, of which `pages` can render at the same time. */
export function maxOpenContexts(pages: number): number {
  return pages + MAX_EXTRA_CONTEXTS;
}

/**
 * Returns sessions that render up to `pages` pages at once. The pages of a job share a tab if
 * account and proxy are the same.
 */
export function createBrowserSessions(browser: BrowserPool, pages: number): BrowserSessions {
  // The most recently used session is last.
  const sessions = new Map<string, Session>();
  let visits = 0;
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
  const take = (key: string, host: string, proxy: Upstream | null): Session => {
    const session = sessions.get(key) ?? { host, turn: browser.open(proxy), pages: 0, busy: true };
    sessions.delete(key);
    sessions.set(key, session);
    clearTimeout(session.timer);
    session.busy = true;
    session.pages++;
    return session;
  };
  const giveBack = async (key: string, session: Session) => {
    session.busy = false;
    if (sessions.get(key) !== session) return;
    session.timer = setTimeout(() => void end(key), CONTEXT_IDLE_TIMEOUT_MS);
    const worn = session.pages >= MAX_PAGES_PER_CONTEXT || (await session.turn).worn();
    await Promise.all([...(worn ? [key] : []), ...surplus(session.host)].map(end));
  };
  const surplus = (host: string): string[] => {
    const waiting = [...sessions].filter(([, { busy }]) => !busy);
    const ofHost = waiting.filter(([, session]) => session.host === host);
    const over = [
      ...waiting.slice(0, Math.max(0, sessions.size - maxOpenContexts(pages))),
      ...ofHost.slice(0, Math.max(0, ofHost.length - MAX_IDLE_CONTEXTS_PER_HOST)),
    ];
    return [...new Set(over.map(([key]) => key))];
  };
  const keysOf = (turn: TurnPayload) => {
    const key = keyOf(turn);
    return [...sessions.keys()].filter((one) => one === key || one.startsWith(`${key} `));
  };
  return {
    enter: browser.enter,
    open: browser.open,
    permits: createSemaphore(pages),
    begin(turn) {
      if (turn.turn > 0 && visits >= pages && keysOf(turn).length === 0) return null;
      visits += 1;
      return () => void (visits -= 1);
    },
    has: (turn) => keysOf(turn).length > 0,
    async render(turn, request) {
      const { proxy = null } = request;
      const own = [turn.account, proxy?.url].filter((part) => part !== undefined);
      let key = [keyOf(turn), ...own].join(" ");
      // A job that lost its lock continues beside its successor. If they shared a page, each would
      // read what the other opened.
      while (sessions.get(key)?.busy) key += " beside";
      const session = take(key, turn.host, proxy);
      try {
        return await (await session.turn).render(request);
      } catch (error) {
        // Whatever went wrong in a context could continue there.
        await end(key);
        throw error;
      } finally {
        await giveBack(key, session);
      }
    },
    async end(turn) {
      const idle = keysOf(turn).filter((key) => !sessions.get(key)?.busy);
      await Promise.all(idle.map(end));
    },
    async close() {
      await Promise.all([...sessions.keys()].map(end));
      await browser.close();
    },
  };
}

function keyOf({ host, turn }: TurnPayload): string {
  return `${turn} ${host}`;
}
