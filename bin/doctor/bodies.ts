import type { Config } from "../../config/env.ts";
import { digest } from "../../lib/hash.ts";
import { openTiers } from "../open-store.ts";
import { type Found, fail, ok } from "./finding.ts";

/** Every tier of bodies that is set up takes bytes, gives them back, and lets them go. */
export async function checkBodies(config: Config): Promise<Found> {
  const tiers = Object.entries(openTiers(config));
  const bytes = Buffer.from("newsgather doctor");
  const id = digest(bytes);
  for (const [name, tier] of tiers) {
    try {
      await tier.put(id, bytes);
      const back = await tier.get(id);
      await tier.remove([id]);
      if (!back || digest(back) !== id) {
        return fail(`${name} gives back other bytes`, "use another one: it can't be relied on");
      }
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      const next = `correct NEWSGATHER_BODIES_${name === "s3" ? "BUCKET" : "DIR"}`;
      return fail(found, next);
    }
  }
  const { tier } = config.bodies;
  const others = tiers.map(([name]) => name).join(", ");
  return ok(`old ones go to: ${tier}${others === "" ? "" : ` (set up: ${others})`}`);
}
