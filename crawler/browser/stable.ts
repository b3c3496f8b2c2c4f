import type { CDPSession } from "playwright";
import { within } from "../../lib/stack.ts";
import type { World } from "./world.ts";

/** Characters of text from which a page may be an article already. */
export const ARTICLE_TEXT = 800;
/** ms without a request after which a page asks for no more, as Playwright has it. */
const IDLE = 500;
/** Time without a change after which the text counts as complete, ms: while no request is open, and while one is. */
const STILL = { idle: 250, busy: 800 };
/** How a page with little text is scrolled: screens at most, and ms between them. */
const SCROLL = { steps: 20, pause: 50 };
/** Shortest wait in the page, ms. */
const STEP = 50;

/** What the page says of itself: characters of its text, and ms that these are as many. */
interface PageState {
  ready: string;
  size: number;
  still: number;
}

/**
 * Waits until a page has what it will show: the network is quiet, or a text of some length stopped
 * growing; at most `longest` ms. The page itself watches its text, for to ask it again and again costs more than
 * it does. Returns the characters of its text; rejects when the page has no answer for `call` ms, as in an endless loop.
 */
export async function waitUntilStable(
  world: World,
  traffic: Traffic,
  { longest, call }: { longest: number; call: number },
): Promise<number> {
  const end = performance.now() + longest;
  let size = 0;
  let still = STILL.idle;
  let scrolledAt: number | null = null;
  // A request that scrolling brings about may take a moment to begin.
  const idleAt = (now: number) => Math.min(traffic.idle(now), now - (scrolledAt ?? -Infinity));
  for (let now = performance.now(); now < end; now = performance.now()) {
    const quiet = (size < ARTICLE_TEXT ? IDLE : STILL.idle) - idleAt(now);
    const wait = Math.min(Math.max(quiet, STEP), end - now);
    const watching = world.ask(watch, { text: ARTICLE_TEXT, still, wait, step: STEP });
    const seen = await within(wait + call, watching, "looking at the page");
    if (!seen) continue;
    size = seen.size;
    const idle = idleAt(performance.now());
    if (seen.ready === "complete" && idle >= IDLE) {
      if (size >= ARTICLE_TEXT || scrolledAt !== null) break;
      await within(call, world.ask(scroll, SCROLL), "scrolling the page");
      scrolledAt = performance.now();
    }
    if (size < ARTICLE_TEXT || seen.ready === "loading") continue;
    if (seen.still >= STILL.busy || Math.min(idle, seen.still) >= STILL.idle) break;
    still = seen.still >= STILL.idle ? STILL.busy : STILL.idle;
  }
  return size;
}

/** Runs in the page: scrolls to the end in steps, as a reader would, for content that loads when it is seen. */
async function scroll({ steps, pause }: { steps: number; pause: number }): Promise<void> {
  const view: Pick<typeof globalThis, never> & {
    innerHeight?: number;
    scrollTo?(x: number, y: number): void;
    document?: { documentElement: { scrollHeight: number } | null };
  } = globalThis;
  const { innerHeight = 0 } = view;
  const end = view.document?.documentElement?.scrollHeight ?? 0;
  for (let step = 1; step <= steps && step * innerHeight < end + innerHeight; step++) {
    view.scrollTo?.(0, step * innerHeight);
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
    });
  }
}

/** Runs in the page: until a text of some length has been still, or for `wait` ms. */
async function watch(wanted: {
  text: number;
  still: number;
  wait: number;
  step: number;
}): Promise<PageState> {
  const view: Pick<typeof globalThis, never> & {
    document?: { readyState: string; body: { textContent: string | null } | null };
    seen?: { size: number; at: number };
  } = globalThis;
  const end = performance.now() + wanted.wait;
  for (;;) {
    const now = performance.now();
    const size = view.document?.body?.textContent?.length ?? 0;
    if (view.seen?.size !== size) view.seen = { size, at: now };
    const still = now - view.seen.at;
    if (now >= end || (size >= wanted.text && still >= wanted.still)) {
      return { ready: view.document?.readyState ?? "loading", size, still };
    }
    await new Promise((resolve) => {
      setTimeout(resolve, Math.min(wanted.step, end - now));
    });
  }
}

/** Number of attempts for a page that keeps reloading. */
const TRIES = 3;

/** Returns the page as HTML. Rejects when it never stays unchanged long enough. */
export async function contentOf(world: World): Promise<string> {
  for (let tries = 0; tries < TRIES; tries++) {
    const html = await world.ask(write, null);
    if (html !== null) return html;
  }
  throw new Error("timed out: the page reloads itself again and again");
}

/** The parts of the DOM that this uses in the page. */
interface DomElement {
  outerHTML: string;
  shadowRoot: DomRoot | null;
  childNodes: Iterable<unknown>;
  replaceChildren(...nodes: unknown[]): void;
  replaceWith(...nodes: unknown[]): void;
}
interface DomRoot {
  childNodes: Iterable<unknown>;
  querySelectorAll(selector: string): Iterable<DomElement>;
}

/**
 * Runs in the page; what moves in it stands still then, for nobody looks. What shadow roots show is written in the
 * place of their hosts' content, as a reader sees it.
 */
function write(): string {
  const view: Pick<typeof globalThis, never> & {
    document?: DomRoot & {
      doctype: unknown;
      documentElement: DomElement | null;
      getAnimations?(): { pause(): void }[];
    };
    XMLSerializer?: new () => { serializeToString(node: unknown): string };
  } = globalThis;
  const { document, XMLSerializer } = view;
  const { doctype, documentElement } = document ?? {};
  for (const animation of document?.getAnimations?.() ?? []) animation.pause();
  const flatten = (root: DomRoot) => {
    for (const host of root.querySelectorAll("*")) {
      const shadow = host.shadowRoot;
      if (!shadow) continue;
      const own = [...host.childNodes];
      flatten(shadow);
      for (const slot of shadow.querySelectorAll("slot:not([name])")) slot.replaceWith(...own);
      host.replaceChildren(...shadow.childNodes);
    }
  };
  if (document) flatten(document);
  const first = doctype && XMLSerializer ? new XMLSerializer().serializeToString(doctype) : "";
  return first + (documentElement?.outerHTML ?? "");
}

/** What a page asks for, with its frames of the same site: what frames of others load is no part of its text. */
export interface Traffic {
  /** Requests since the last `start`. */
  count(): number;
  /** ms that nothing has been asked for, nor is waited for; 0 while something is. */
  idle(now: number): number;
  /** Forgets the requests so far: their responses don't count any more. */
  start(): void;
}

/** Counts what a page asks for; its session tells of the network already. */
export function watchTraffic(session: CDPSession): Traffic {
  let open = new Set<string>();
  let requests = 0;
  let at = performance.now();
  session.on("Network.requestWillBeSent", ({ requestId }) => {
    open.add(requestId);
    requests += 1;
  });
  const end = ({ requestId }: { requestId: string }) => {
    if (open.delete(requestId)) at = performance.now();
  };
  session.on("Network.loadingFinished", end).on("Network.loadingFailed", end);
  return {
    count: () => requests,
    idle: (now) => (open.size > 0 ? 0 : now - at),
    start() {
      [open, requests, at] = [new Set(), 0, performance.now()];
    },
  };
}
