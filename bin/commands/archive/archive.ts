import { type Command, Option } from "@commander-js/extra-typings";
import { moveOld } from "../../../archive/tiers.ts";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { TIERS, type Tier } from "../../../model/crawl/capture.ts";
import {
  type Checked,
  checkBodies,
  orphansIn,
  sweepOrphans,
} from "../../../store/archive/bodies.ts";
import {
  bodiesToMove,
  countTiers,
  type Moved,
  readTierSizes,
} from "../../../store/archive/body-moves.ts";
import { runAuditedWork } from "../../../store/operations/audit.ts";
import { cliActor } from "../../actor.ts";
import { createProgressWriter, megabytes } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { timeOf } from "../../time.ts";

const MAX_COUNTED = 1_000_000;
const MAX_LISTED = 20;

export function register(program: Command): void {
  const group = program
    .command("archive")
    .description("move old responses to another storage tier, or check all stored responses");
  group
    .command("move")
    .description("move old responses to another storage tier; Newsgather can keep running")
    .option("--older-than <age>", "minimum age of a response (default: NEWSGATHER_BODIES_AFTER)")
    .addOption(
      new Option("--to <tier>", "target tier (default: NEWSGATHER_BODIES_TIER)").choices(TIERS),
    )
    .option("--dry-run", "only count what would be moved")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      "\nIf the command is stopped, run it again: it continues where it stopped.",
    )
    .action(move);
  group
    .command("check")
    .description("read every stored body and compare it with its digest")
    .option("--remove-orphans", "remove bodies that no record refers to")
    .option("--json", "print the report as JSON")
    .action(check);
}

interface MoveOptions {
  olderThan?: string;
  to?: Tier;
  dryRun?: true;
  json?: true;
}

async function move({ olderThan, to, dryRun, json }: MoveOptions): Promise<void> {
  const { tier, after } = loadConfig(processEnv()).bodies;
  const target = to ?? tier;
  if (to === undefined && tier === "database") {
    throw new CommandError("usage", "name a tier with --to or NEWSGATHER_BODIES_TIER");
  }
  const now = new Date();
  const until =
    olderThan === undefined
      ? new Date(now.getTime() - after)
      : timeOf("--older-than", olderThan, now);
  const report = await onStore(async (store) => {
    if (target !== "database" && !store.tiers[target]) {
      const setting = target === "files" ? "NEWSGATHER_BODIES_DIR" : "NEWSGATHER_BODIES_BUCKET";
      throw new CommandError("usage", `the tier ${target} isn't set up: set ${setting}`);
    }
    if (dryRun) {
      const found = await bodiesToMove(store, target, until, MAX_COUNTED);
      const unpacked = found.reduce((sum, { size }) => sum + size, 0);
      return { to: target, bodies: found.length, unpacked };
    }
    const work = async () => {
      let done: Moved = { moved: 0, bytes: 0, failed: [] };
      const showProgress = createProgressWriter();
      for await (done of moveOld(store, { tier: target, until }))
        showProgress(`${done.moved} moved, ${megabytes(done.bytes)}`);
      await countTiers(store);
      return done;
    };
    const what = { action: "archive.move", subject: target };
    const done = await runAuditedWork(store, { actor: cliActor() }, what, work, (all) => {
      return `bodies moved to ${target}: ${all.moved}; not moved: ${all.failed.length}`;
    });
    return { to: target, ...done, tiers: await readTierSizes(store) };
  });
  if (json) console.log(JSON.stringify(report, null, 2));
  else if (report.bodies !== undefined) {
    console.log(
      `Bodies that would be moved to ${target}: ${report.bodies} (uncompressed: ${megabytes(report.unpacked)})`,
    );
  } else {
    console.log(`Bodies moved to ${target}: ${report.moved} (${megabytes(report.bytes)})`);
    for (const { id, why } of report.failed.slice(0, MAX_LISTED))
      console.log(`not moved: ${id}: ${why}`);
  }
  if (report.bodies === undefined && report.failed.length > 0) process.exitCode = EXIT.partly;
}

async function check({ removeOrphans, json }: { removeOrphans?: true; json?: true }) {
  const report = await onStore(async (store) => {
    let checked: Checked = { bodies: 0, bytes: 0, lost: [] };
    const showProgress = createProgressWriter();
    for await (checked of checkBodies(store)) {
      showProgress(
        `${checked.bodies} read, ${megabytes(checked.bytes)}, ${checked.lost.length} lost`,
      );
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
    console.log(`Bodies read: ${bodies} (${megabytes(bytes)}); lost: ${lost.length}`);
    for (const { id, tier, lost: why } of lost.slice(0, MAX_LISTED)) {
      console.log(`${why} in ${tier}: ${id}`);
    }
    console.log(`Bodies that no record refers to${removeOrphans ? " (removed)" : ""}: ${orphans}`);
  }
  if (lost.length > 0) process.exitCode = EXIT.partly;
}
