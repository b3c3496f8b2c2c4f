import type { SeenRequest, WorldReport } from "./truth.ts";

/** Sums up what the sites saw, per host; `forbidden` are addresses that nobody may ask for. */
export function reportOf(requests: SeenRequest[], forbidden: string[]): WorldReport {
  const summary: WorldReport["summary"] = {};
  const pages = requests.filter((request) => request.kind === "page");
  for (const host of new Set(pages.map((request) => request.host))) {
    const own = pages.filter((request) => request.host === host);
    summary[host] = { count: own.length, ...politeness(own) };
  }
  const banned = new Set(forbidden);
  const urls = requests.map((request) => `http://${request.host}${request.path}`);
  return { requests, summary, forbiddenHits: urls.filter((url) => banned.has(url)) };
}

function politeness(requests: SeenRequest[]) {
  const sorted = requests.toSorted((one, other) => one.start - other.start);
  let minGapMs: number | null = null;
  let minStartGapMs: number | null = null;
  let maxConcurrent = 0;
  let lastEnd = Number.NEGATIVE_INFINITY;
  let open: SeenRequest[] = [];
  for (const [index, request] of sorted.entries()) {
    open = [...open.filter((one) => one.end > request.start), request];
    maxConcurrent = Math.max(maxConcurrent, open.length);
    const before = sorted[index - 1];
    if (before) {
      const gap = Math.max(0, request.start - lastEnd);
      minGapMs = Math.min(minGapMs ?? gap, gap);
      const starts = request.start - before.start;
      minStartGapMs = Math.min(minStartGapMs ?? starts, starts);
    }
    lastEnd = Math.max(lastEnd, request.end);
  }
  return { minGapMs, minStartGapMs, maxConcurrent };
}
