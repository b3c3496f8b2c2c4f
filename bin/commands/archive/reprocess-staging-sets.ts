import { randomUUID } from "node:crypto";
import type { Command } from "@commander-js/extra-typings";
import { promote } from "../../../archive/reprocess/promote.ts";
import { loadConfig, processEnv } from "../../../config/env.ts";
import type { Promotion } from "../../../model/archive/staging-set.ts";
import {
  dropStagingSet,
  getStagingSet,
  listStagedArticles,
  listStagingSets,
  promotionOf,
} from "../../../store/articles/staging-sets.ts";
import { runAuditedWork } from "../../../store/operations/audit.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { unknownName, wholeNumber } from "../../exit.ts";
import { createDelayedProgressWriter, lastReport, print, total } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import {
  leftLines,
  stagedArticlesTable,
  stagingSetsTable,
  stagingSetTable,
} from "./reprocess-report.ts";

const MAX_SHOWN = 20;

/** `--json` is read with `optsWithGlobals`, because the parent command may have received it. */
export function registerStagingSets(reprocess: Command): void {
  reprocess
    .command("staging-sets")
    .description("list staging sets")
    .option("--json", "print JSON")
    .action((_, command) =>
      onStore(async (store) => {
        const { json } = command.optsWithGlobals();
        print(await listStagingSets(store), json, stagingSetsTable);
      }),
    );
  reprocess
    .command("diff <set>")
    .description("compare a staging set with the articles, by field")
    .option("--field <name>", "list articles in which this field differs")
    .option("--limit <n>", "number of articles to list", wholeNumber(1, 9999), MAX_SHOWN)
    .option("--json", "print JSON")
    .action((name, _, command) => onStore((store) => show(store, name, command.optsWithGlobals())));
  reprocess
    .command("promote <set>")
    .description(
      "replace articles with those of a staging set; if the command is stopped, run it again to continue",
    )
    .requiredOption("--reason <text>", "why you do this, for the audit log")
    .option("--json", "print the result as JSON")
    .action((name, _, command) =>
      onStore(async (store) => {
        const { json, reason } = command.optsWithGlobals();
        const { timezone } = loadConfig(processEnv());
        const author = { actor: cliActor(), reason };
        const what = { action: "archive.promote", subject: name };
        await stagingSetOf(store, name);
        const work = () => promoteAll(store, name, timezone);
        const promotion = await runAuditedWork(store, author, what, work, summaryOf);
        print({ stagingSet: name, ...promotion }, json, () =>
          [summaryOf(promotion), ...leftLines(promotion.left)].join("\n"),
        );
      }),
    );
  reprocess
    .command("drop <set>")
    .description("remove a staging set; the archive stays as it is")
    .action((name) =>
      onStore(async (store) => {
        await stagingSetOf(store, name);
        const what = { action: "archive.drop-staging-set", subject: name };
        const drop = () => dropStagingSet(store, name);
        const dropped = await runAuditedWork(store, { actor: cliActor() }, what, drop, (count) => {
          return `staged articles: ${count}`;
        });
        console.log(`${name} was dropped; staged articles removed: ${dropped}`);
      }),
    );
}

async function stagingSetOf(store: Store, name: string) {
  const stagingSet = await getStagingSet(store, name);
  if (stagingSet) return stagingSet;
  const known = (await listStagingSets(store)).map(({ _id }) => _id);
  throw unknownName("staging set", name, known, "`newsgather reprocess staging-sets` lists all");
}

async function show(
  store: Store,
  name: string,
  { field, limit, json }: { field?: string; limit: number; json?: true },
): Promise<void> {
  const stagingSet = await stagingSetOf(store, name);
  if (field !== undefined) {
    const rows = await listStagedArticles(store, { stagingSet: name, field, skip: 0, limit });
    return print(rows, json, () => stagedArticlesTable(rows, field));
  }
  const promotion = await promotionOf(store, name);
  print({ ...stagingSet, promotion }, json, () => stagingSetTable(stagingSet, promotion));
}

function promoteAll(store: Store, name: string, timezone: string): Promise<Promotion> {
  const deps = { store, timezone, now: () => new Date() };
  const showProgress = createDelayedProgressWriter();
  return lastReport(promote(deps, name, { owner: randomUUID() }), (promotion) =>
    showProgress(`${summaryOf(promotion)}; to go: ${promotion.open}`),
  );
}

function summaryOf({ promoted, left }: Promotion): string {
  return `Articles promoted: ${promoted}; not promoted: ${total(left)}`;
}
