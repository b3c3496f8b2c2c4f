import type { SeenRequest } from "../../demo/truth.ts";
import { median } from "../median.ts";

export interface Pace {
  host: string;
  /** Rate of requests as a share of the permitted rate, which is 1 / (delay + service time). */
  share: number;
  /** Requests that came sooner after the end of the previous request than the delay allows. */
  violations: TooSoon[];
}

interface TooSoon {
  host: string;
  /** Paths of the previous request and of this request, separated by a space. */
  path: string;
  /** Time since the end of the previous request, ms. */
  gap: number;
}

/**
 * `whole` is for the difference between two processes' clocks, and `cut` for the time that a site
 * takes to notice a disconnected client.
 */
const TOLERANCES_MS = { whole: 1, cut: 50 };

/**
 * Returns the pace of each host with at least two consecutive articles. Hosts allow one request at
 * a time, `delay` ms after the end of the previous one.
 */
export function paceOf(requests: readonly SeenRequest[], delay: number): Pace[] {
  const pages = requests.filter(({ kind }) => kind === "page");
  const hosts = [...new Set(pages.map(({ host }) => host))];
  return hosts.flatMap((host) => {
    const own = pages.filter((one) => one.host === host).toSorted((a, b) => a.start - b.start);
    const gaps = own.slice(1).map(({ start }, at) => start - (own[at]?.end ?? 0));
    const slack = (at: number) => (own[at]?.cut ? TOLERANCES_MS.cut : TOLERANCES_MS.whole);
    const violations = gaps.flatMap((gap, at) => {
      const path = `${own[at]?.path} ${own[at + 1]?.path}`;
      return gap < delay - slack(at) ? [{ host, path, gap }] : [];
    });
    const isArticle = own.map(({ path }) => /^\/news\/\d/.test(path));
    // Counts only gaps between articles: before the first article, its feed is processed.
    const between = gaps.filter((_, at) => isArticle[at] && isArticle[at + 1]);
    if (between.length === 0) return [];
    const service = median(own.map(({ start, end }) => end - start));
    const mean = between.reduce((sum, gap) => sum + gap, 0) / between.length;
    return [{ host, share: (delay + service) / (mean + service), violations }];
  });
}
