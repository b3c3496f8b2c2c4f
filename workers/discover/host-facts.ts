import type { Origin } from "../../articles/ingest/discovery-plan.ts";
import { pathPattern, trapOf } from "../../crawler/links/trap.ts";
import type { HostPace } from "../../crawler/politeness/pace.ts";
import { robotsDelay } from "../../crawler/robots/policy.ts";
import type { Discovery } from "../../model/crawl/link.ts";
import type { TurnDeps } from "../deps.ts";

/**
 * What is known of the hosts of found links: the Crawl-delay they ask for, their traps, and whether they have
 * the pace of their source, or a slower one.
 */
export async function hostFacts(
  { hosts, settings, now }: TurnDeps,
  { links }: Discovery,
  { delay, concurrency }: HostPace,
): Promise<Pick<Origin, "delayOf" | "trapOf"> & { isPaced(host: string): boolean }> {
  const ids = [...new Set(links.map(({ url }) => new URL(url).host))];
  const found = await Promise.all(ids.map(async (id) => [id, await hosts.get(id)] as const));
  const known = new Map(found);
  const at = now();
  return {
    isPaced(id) {
      const host = known.get(id);
      return !!host && host.delay >= delay && host.concurrency <= concurrency;
    },
    delayOf(url) {
      const robots = known.get(new URL(url).host)?.robots;
      return robots ? robotsDelay(robots, settings.product) : 0;
    },
    trapOf(url) {
      const traps = known.get(new URL(url).host)?.traps;
      const pattern = traps ? pathPattern(url) : null;
      return pattern === null ? null : trapOf(traps, pattern, at);
    },
  };
}
