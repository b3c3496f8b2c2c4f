import type { Command } from "commander";
import { loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { CommandError } from "../../../lib/exit.ts";
import { ReleaseStack } from "../../../lib/stack.ts";
import { givesReason } from "../../../model/operations/audit.ts";
import { isOffered } from "../../../model/sources/source.ts";
import { findMoved, repairMoved } from "../../../sources/discovery/moved.ts";
import { cliActor } from "../../actor.ts";
import { sourceNamed } from "../../known.ts";
import { onStore } from "../../services/use.ts";
import { openSiteAccess } from "../../site-access.ts";
import { fileOf } from "./options.ts";

interface Options {
  find?: true;
  apply?: true;
  reason: string;
}

/** `newsgather sources repair`: entry points that have moved. */
export function registerRepair(sources: Command): void {
  sources
    .command("repair")
    .description("show entry points that have moved or are gone; write their new addresses")
    .argument("<id>")
    .option("--find", "look on its site for those that are gone")
    .option("--apply", "write what is offered into its file, as its next version")
    .option("--reason <text>", "why, for the audit log", "")
    .action(repair);
}

async function repair(id: string, { find, apply, reason }: Options): Promise<void> {
  if (apply && !givesReason(reason)) throw new CommandError("usage", "--reason: say why");
  const file = await fileOf(id);
  await onStore(async (store) => {
    const read = () => sourceNamed(store, id);
    if (find) {
      const stack = new ReleaseStack();
      try {
        const access = await openSiteAccess(loadConfig(processEnv()), stack);
        const progress = (step: string) => console.error(step);
        const rest = { product: PRODUCT, now: () => new Date(), progress };
        console.error(await findMoved({ ...access, ...rest, store }, await read()));
      } finally {
        await stack.close();
      }
    }
    const { moved = [] } = await read();
    for (const one of moved) {
      const how = one.foundBy === "discovery" ? "found on its site" : `${one.runs} runs`;
      console.log(
        `${one.from} -> ${one.to ?? "gone"} (${how}${isOffered(one) ? "" : ", not sure yet"})`,
      );
    }
    if (moved.length === 0) console.log("no entry point has moved");
    if (!apply) return;
    const author = { actor: cliActor(), reason };
    const outcome = await repairMoved({ store, file, now: new Date() }, id, author);
    if ("problem" in outcome) throw new CommandError("failed", outcome.problem);
    console.error(outcome.done);
  });
}
