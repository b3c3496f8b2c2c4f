import type { Page, Request } from "playwright";

/** What a page asks for, with all its frames. */
export interface Traffic {
  /** Requests since the last `start`. */
  count(): number;
  /** ms that nothing has been asked for, nor is waited for; 0 while something is. */
  idle(now: number): number;
  /** Forgets what was asked for so far: its answers count no more. */
  start(): void;
}

/** Counts what a page asks for. */
export function watchTraffic(page: Page): Traffic {
  let open = new Set<Request>();
  let requests = 0;
  let at = performance.now();
  page.on("request", (request) => {
    open.add(request);
    requests += 1;
  });
  const end = (request: Request) => {
    if (open.delete(request)) at = performance.now();
  };
  page.on("requestfinished", end).on("requestfailed", end);
  return {
    count: () => requests,
    idle: (now) => (open.size > 0 ? 0 : now - at),
    start() {
      [open, requests, at] = [new Set(), 0, performance.now()];
    },
  };
}
