import type { CDPSession } from "playwright";

/** What a page asks for, with its frames of the same site: what frames of others load is no part of its text. */
export interface Traffic {
  /** Requests since the last `start`. */
  count(): number;
  /** ms that nothing has been asked for, nor is waited for; 0 while something is. */
  idle(now: number): number;
  /** Forgets what was asked for so far: its answers count no more. */
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
