import { random } from "./random.ts";
import type { Reply, Site, SiteSpec } from "./site.ts";

/** An answer comes this late, ms: later than any fetcher waits. */
const HANGING = 120_000;
const KINDS: readonly Partial<Reply>[] = [
  { status: 500, body: "" },
  { delayMs: HANGING },
  { endless: true },
];

/** Whether a site of a scaled world has faults: every second one, so that the others can be compared. */
export const isFaulty = (index: number) => index % 2 === 1;

/** A site on which a share of the articles fail, hang or never end. */
export function faulty(
  site: Site,
  spec: SiteSpec,
  { seed, share }: { seed: number; share: number },
): Site {
  return {
    ...site,
    reply(path, visit) {
      const good = site.reply(path, visit);
      const [, number] = /^\/news\/(\d+)/.exec(path) ?? [];
      if (good && number !== undefined) {
        const chance = random(seed, spec.id, Number(number), "fault");
        return chance.next() < share ? { ...good, ...chance.pick(KINDS) } : good;
      }
      return good;
    },
  };
}
