import { cpuOf, type StagePage, stepsOf } from "../stages.ts";
import { scaled } from "../world/scaled.ts";
import { calibrate } from "./calibrate.ts";
import type { Sample } from "./median-costs.ts";

const SITE_COUNT = 6;
const PAGE_COUNT = 12;
const PAGES_PER_PART = 3;
const SETTING = { port: 80, seed: 1, now: new Date("2026-01-01T00:00:00Z") };

/**
 * Returns a function that measures one round of the pure stages. A few pages of a stage alternate
 * with a calibration. Both take only a few ms, so that anything that slows one slows the other,
 * too.
 */
export async function openPureRounds(): Promise<() => Sample[]> {
  const parts = (await stepsOf(pages())).flatMap(({ stage, run }) =>
    Array.from({ length: PAGE_COUNT / PAGES_PER_PART }, (_, part) => ({ stage, part, run })),
  );
  return () => {
    let before = cpuOfCalibration();
    return parts.map(({ stage, part, run }) => {
      const ms = cpuOf(() => {
        for (let n = 0; n < PAGES_PER_PART; n++) run(part * PAGES_PER_PART + n);
      });
      const after = cpuOfCalibration();
      const calibration = (before + after) / 2;
      before = after;
      return { stage, part, ms: ms / PAGE_COUNT, calibration };
    });
  };
}

function cpuOfCalibration(): number {
  return cpuOf(() => void calibrate());
}

/** Returns article pages of 30 to 120 kB in four languages and three templates. */
function pages(): StagePage[] {
  const plan = scaled(SETTING, { sites: SITE_COUNT, articles: PAGE_COUNT });
  const sites = new Map(plan.sites.map((site) => [site.host, site]));
  return plan.truth().articles.map(({ url }) => {
    const { hostname, pathname } = new URL(url);
    const body = sites.get(hostname)?.reply(pathname)?.body ?? "";
    return { bytes: Buffer.from(body), contentType: "text/html", url, at: SETTING.now };
  });
}
