import type { CDPSession } from "playwright";
import { within } from "../../lib/async.ts";

export const MIN_ARTICLE_CHARS = 800;
/** Playwright's `networkidle` uses the same time. */
const NETWORK_IDLE_MS = 500;
const TEXT_UNCHANGED_MS = { idle: 250, busy: 800 };
const SCROLL = { steps: 20, pause: 50 };
const MIN_WAIT_MS = 50;

/**
 * Waits until the page is stable, at most `longest` ms. Returns the text's length in characters.
 * Rejects if the page doesn't respond for `call` ms.
 */
export async function waitUntilStable(
  world: World,
  traffic: Traffic,
  { longest, call }: { longest: number; call: number },
): Promise<number> {
  const end = performance.now() + longest;
  let size = 0;
  let still = TEXT_UNCHANGED_MS.idle;
  let scrolledAt: number | null = null;
  // A request that scrolling triggers can start a moment later.
  const idleAt = (now: number) => Math.min(traffic.idle(now), now - (scrolledAt ?? -Infinity));
  for (let now = performance.now(); now < end; now = performance.now()) {
    const quiet =
      (size < MIN_ARTICLE_CHARS ? NETWORK_IDLE_MS : TEXT_UNCHANGED_MS.idle) - idleAt(now);
    const wait = Math.min(Math.max(quiet, MIN_WAIT_MS), end - now);
    const watching = world.ask(watch, { text: MIN_ARTICLE_CHARS, still, wait, step: MIN_WAIT_MS });
    const seen = await within(wait + call, watching, "looking at the page");
    if (!seen) continue;
    size = seen.size;
    const idle = idleAt(performance.now());
    if (seen.ready === "complete" && idle >= NETWORK_IDLE_MS) {
      if (size >= MIN_ARTICLE_CHARS || scrolledAt !== null) break;
      await within(call, world.ask(scroll, SCROLL), "scrolling the page");
      scrolledAt = performance.now();
    }
    if (size < MIN_ARTICLE_CHARS || seen.ready === "loading") continue;
    if (
      seen.still >= TEXT_UNCHANGED_MS.busy ||
      Math.min(idle, seen.still) >= TEXT_UNCHANGED_MS.idle
    )
      break;
    still = seen.still >= TEXT_UNCHANGED_MS.idle ? TEXT_UNCHANGED_MS.busy : TEXT_UNCHANGED_MS.idle;
  }
  return size;
}

/** Scrolls down in the page, because some content loads only when it comes into view. */
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

/**
 * Waits in the page until its text is stable, at most `wait` ms. Polling from outside costs more.
 */
async function watch(wanted: { text: number; still: number; wait: number; step: number }) {
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

const MAX_ATTEMPTS = 3;

/** Returns the page as HTML. Rejects if the page keeps reloading. */
export async function contentOf(world: World): Promise<string> {
  for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
    const html = await world.ask(serialize, null);
    if (html !== null) return html;
  }
  throw new Error("timed out: the page reloads itself again and again");
}

interface DomElement {
  outerHTML: string;
  shadowRoot: DomRoot | null;
  childNodes: Iterable<unknown>;
  assignedNodes?(): unknown[];
  replaceChildren(...nodes: unknown[]): void;
  replaceWith(...nodes: unknown[]): void;
}
interface DomRoot {
  childNodes: Iterable<unknown>;
  querySelectorAll(selector: string): Iterable<DomElement>;
}

/** Runs in the page: returns its HTML with shadow roots in place of their hosts' content. */
function serialize(): string {
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
      // Read before any node is moved, because moving nodes changes what is assigned to a slot.
      const shown = [...shadow.querySelectorAll("slot")].map((slot) => {
        const assigned = slot.assignedNodes?.() ?? [];
        return { slot, nodes: assigned.length > 0 ? assigned : [...slot.childNodes] };
      });
      flatten(shadow);
      for (const { slot, nodes } of shown) slot.replaceWith(...nodes);
      host.replaceChildren(...shadow.childNodes);
    }
  };
  if (document) flatten(document);
  const first = doctype && XMLSerializer ? new XMLSerializer().serializeToString(doctype) : "";
  return first + (documentElement?.outerHTML ?? "");
}

/** The requests of a page and of its same-site frames. */
export interface Traffic {
  /** Returns the time since the last request ended, ms; 0 while a request is open. */
  idle(now: number): number;
  /** Begins again, for a new page. Ignores requests that are already open. */
  start(): void;
}

/** Observes a page's requests. The session's network events must be enabled. */
export function watchTraffic(session: CDPSession): Traffic {
  let open = new Set<string>();
  let at = performance.now();
  session.on("Network.requestWillBeSent", ({ requestId }) => void open.add(requestId));
  const end = ({ requestId }: { requestId: string }) => {
    if (open.delete(requestId)) at = performance.now();
  };
  session.on("Network.loadingFinished", end).on("Network.loadingFailed", end);
  return {
    idle: (now) => (open.size > 0 ? 0 : now - at),
    start() {
      [open, at] = [new Set(), performance.now()];
    },
  };
}

/** A JavaScript world that page scripts can't access. Playwright's own evaluation costs more. */
export interface World {
  /** Runs `code` in the page. Returns null if the document was replaced before `code` finished. */
  ask<Input, Answer>(
    code: (input: Input) => Answer | Promise<Answer>,
    input: Input,
  ): Promise<Answer | null>;
}

const DOCUMENT_REPLACED =
  /cannot find context|context was destroyed|promise was collected|target navigated/i;

/** Returns an isolated world in a frame. After a navigation, it runs code in the new document. */
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
