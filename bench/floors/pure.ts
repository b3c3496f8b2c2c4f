import { scaled } from "../../test/world/scaled.ts";
import { cpuOf, type StagePage, stepsOf } from "../stages.ts";
import { calibrate } from "./calibrate.ts";
import type { Costs } from "./judge.ts";

const SITES = 6;
const PAGES = 12;
/** Pages that are measured at once. */
const PART = 3;
const SETTING = { port: 80, seed: 1, now: new Date("2026-01-01T00:00:00Z") };

/**
 * Measures stages that are functions of a page by rounds; each answers the costs as they are known so far. A few
 * pages of a stage and a calibration take turns, each some ms, and the least of all rounds counts: what else the machine
 * does can only add to it.
 */
export async function openPure(): Promise<() => Costs> {
  const steps = await stepsOf(pages());
  const parts = steps.flatMap(({ stage, run }) =>
    Array.from({ length: PAGES / PART }, (_, part) => ({
      stage,
      least: Number.POSITIVE_INFINITY,
      run() {
        for (let n = 0; n < PART; n++) run(part * PART + n);
      },
    })),
  );
  let calibration = Number.POSITIVE_INFINITY;
  return () => {
    for (const part of parts) {
      part.least = Math.min(part.least, cpuOf(part.run));
      calibration = Math.min(
        calibration,
        cpuOf(() => void calibrate()),
      );
    }
    const sum = (stage: string) =>
      parts.reduce((total, part) => total + (part.stage === stage ? part.least : 0), 0) / PAGES;
    return {
      calibration,
      stages: Object.fromEntries(steps.map(({ stage }) => [stage, sum(stage)])),
    };
  };
}

/** Article pages of 30 to 120 kB in four languages and three templates. */
function pages(): StagePage[] {
  const plan = scaled(SETTING, { sites: SITES, articles: PAGES });
  const sites = new Map(plan.sites.map((site) => [site.host, site]));
  return plan.truth().articles.map(({ url }) => {
    const { hostname, pathname } = new URL(url);
    const body = sites.get(hostname)?.reply(pathname, 1)?.body ?? "";
    return { bytes: Buffer.from(body), contentType: "text/html", url, at: SETTING.now };
  });
}
