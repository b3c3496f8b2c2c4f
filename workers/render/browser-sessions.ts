import type { BrowserPool, BrowserTurn } from "../../crawler/browser/browser.ts";
import { createSemaphore, type Semaphore } from "../../crawler/browser/semaphore.ts";
import type { RenderRequest } from "../../crawler/browser/turn.ts";
import type { Upstream } from "../../crawler/egress/tunnel.ts";
import type { HttpRequest } from "../../crawler/http/http.ts";
import type { Received } from "../../crawler/http/received.ts";
import type { Skipped } from "../../model/crawl/skipped.ts";
import type { TurnPayload } from "../../queues/queues.ts";

/** A context is closed after this time without a page, ms, or after this many pages. */
const IDLE = 30_000;
const PAGES = 50;
/** Contexts beside those whose pages are rendered at once, over all hosts, and those of one that wait: those used last stay. */
const BESIDE = 8;
const WAITING_OF_HOST = 2;

/**
 * Browser contexts that stay open over the turns of a host: a new one for each page costs 4 times.
 * A closed context takes its cookies and storage with it: the host sees a first visitor again, as it
 * always does over HTTP.
 */
export interface BrowserSessions extends Pick<BrowserPool, "enter" | "open"> {
  /** Permits to render a page. Hosts that wait for their delay, or for their page to be stored, need none. */
  permits: Semaphore;
  /**
   * Says that a turn begins, and answers what ends it; null for a further turn of a host that would open a context
   * only to wait for a place with it.
   */
  begin(turn: TurnPayload): (() => void) | null;
  /** Whether the turn has a context open. */
  has(turn: TurnPayload): boolean;
  /** Requests of an `account` (a source with a login or headers) have contexts of their own. */
  render(
    turn: TurnPayload & { account?: string | undefined },
    request: RenderRequest & Pick<HttpRequest, "proxy">,
  ): Promise<Received | Skipped>;
  /** Closes the turn's contexts, since nothing more is due at its host. */
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

/** Hosts that are visited at once, where so many pages are rendered at once: each has a context. */
export function visitedAtOnce(pages: number): number {
  return pages + BESIDE;
}

/** One context per turn of a host that is being visited, its page reused; `pages` are rendered at once. */
export function createBrowserSessions(browser: BrowserPool, pages: number): BrowserSessions {
  // The one used last comes last.
  const sessions = new Map<string, Session>();
  const visits = new Set<symbol>();
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
    session.timer = setTimeout(() => void end(key), IDLE);
    const worn = session.pages >= PAGES || (await session.turn).worn();
    await Promise.all([...(worn ? [key] : []), ...surplus(session.host)].map(end));
  };
  /** Keys of the contexts that wait beyond the bounds, those unused for longest. */
  const surplus = (host: string): string[] => {
    const waiting = [...sessions].filter(([, { busy }]) => !busy);
    const ofHost = waiting.filter(([, session]) => session.host === host);
    const over = [
      ...waiting.slice(0, Math.max(0, sessions.size - visitedAtOnce(pages))),
      ...ofHost.slice(0, Math.max(0, ofHost.length - WAITING_OF_HOST)),
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
      if (turn.turn > 0 && visits.size >= pages && keysOf(turn).length === 0) return null;
      const visit = Symbol(turn.host);
      visits.add(visit);
      return () => void visits.delete(visit);
    },
    has: (turn) => keysOf(turn).length > 0,
    async render(turn, request) {
      const { proxy = null } = request;
      const own = [turn.account, proxy?.url].filter((part) => part !== undefined);
      const key = [keyOf(turn), ...own].join(" ");
      const session = take(key, turn.host, proxy);
      try {
        return await (await session.turn).render(request);
      } catch (error) {
        // Whatever went wrong in a context may go on in it.
        await end(key);
        throw error;
      } finally {
        await giveBack(key, session);
      }
    },
    async end(turn) {
      await Promise.all(keysOf(turn).map(end));
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
