import type { Command } from "commander";
import { type EditorsOutcome, reinstate, retractByEditor } from "../../workers/retract.ts";
import { byCli } from "../by.ts";
import { CommandError } from "../exit.ts";
import { onStore } from "../services.ts";

/** `newsgather article retract | reinstate`: an editor's word over whether readers see an article. */
export function register(program: Command): void {
  const article = program.command("article").description("an editor's word over one article");
  article
    .command("retract")
    .description("take an article back: out of portal, feeds and API until it is reinstated")
    .argument("<article>", "its id")
    .requiredOption("--reason <text>", "why")
    .action((id: string, { reason }: { reason: string }) => say(retractByEditor, id, reason));
  article
    .command("reinstate")
    .description("publish an article again that was taken back")
    .argument("<article>", "its id")
    .requiredOption("--reason <text>", "why")
    .action((id: string, { reason }: { reason: string }) => say(reinstate, id, reason));
}

async function say(
  verb: typeof retractByEditor | typeof reinstate,
  articleId: string,
  reason: string,
): Promise<void> {
  const wish = { articleId, by: byCli(), reason };
  const outcome: EditorsOutcome = await onStore((store) => verb(store, wish, new Date()));
  if ("problem" in outcome) throw new CommandError("usage", outcome.problem);
  console.log(`${articleId} ${outcome.done}`);
}
