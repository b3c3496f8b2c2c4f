import type { Command } from "commander";
import { EXIT } from "../../lib/exit.ts";
import {
  type Checked,
  checkBodies,
  orphansIn,
  sweepOrphans,
} from "../../store/archive/body-checks.ts";
import { onStore } from "../services/use.ts";
import { megabytes, telling } from "../telling.ts";

interface Options {
  removeOrphans?: true;
  json?: true;
}

/** Lost bodies that are named. */
const NAMED = 20;

/** `newsgather archive check`: whether bodies are what was stored. */
export function registerCheck(group: Command): void {
  group
    .command("check")
    .description("read every body where it lies and hold it against its digest")
    .option("--remove-orphans", "remove copies that no record names")
    .option("--json", "print the report as JSON")
    .action(check);
}

async function check({ removeOrphans, json }: Options): Promise<void> {
  const report = await onStore(async (store) => {
    let checked: Checked = { bodies: 0, bytes: 0, lost: [] };
    const tell = telling();
    for await (checked of checkBodies(store)) {
      tell(`${checked.bodies} read, ${megabytes(checked.bytes)}, ${checked.lost.length} lost`);
    }
    const about = { prefix: "", now: new Date() };
    let orphans = 0;
    if (removeOrphans) orphans = await sweepOrphans(store, about);
    else {
      for (const tier of Object.values(store.tiers)) {
        for await (const some of orphansIn(store, tier, about)) orphans += some.length;
      }
    }
    return { ...checked, orphans };
  });
  const { bodies, bytes, lost, orphans } = report;
  if (json) console.log(JSON.stringify(report, null, 2));
  else {
    console.log(`${bodies} bodies read (${megabytes(bytes)}), ${lost.length} lost`);
    for (const { id, tier, lost: why } of lost.slice(0, NAMED)) {
      console.log(`${why} in ${tier}: ${id}`);
    }
    console.log(`${orphans} copies that no record names${removeOrphans ? ": removed" : ""}`);
  }
  if (lost.length > 0) process.exitCode = EXIT.partly;
}
