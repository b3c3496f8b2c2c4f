import type { Command } from "commander";
import { loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { ReleaseStack } from "../../../lib/stack.ts";
import type { Recall } from "../../../model/sources/recall.ts";
import { measureRecall } from "../../../sources/discovery/recall.ts";
import { listRecalls } from "../../../store/sources/recalls.ts";
import { sourceNamed } from "../../known.ts";
import { plainTable, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { openSiteAccess } from "../../site-access.ts";

interface Options {
  days: string;
  json?: true;
}

/** `newsgather recall [ID]`: which articles of a source were missed, and why. */
export function register(program: Command): void {
  program
    .command("recall")
    .description(
      "compare what a site's feeds, sitemaps and lists name with what is stored (exit code 3 when something was missed)",
    )
    .argument("[id]", "a source, which is asked now; without: the latest figures of all")
    .option("--days <n>", "how far back", "7")
    .option("--json", "print JSON")
    .action((id: string | undefined, options: Options) =>
      id === undefined ? list(options) : measure(id, options),
    );
}

async function list({ json }: Options): Promise<void> {
  const recalls = await onStore(listRecalls);
  if (json) return console.log(JSON.stringify(recalls, null, 2));
  if (recalls.length === 0)
    throw new CommandError(
      "failed",
      "nothing measured yet: newsgather recall ID asks a source's site",
    );
  const rows = recalls.map((one) => [
    one._id,
    share(one),
    one.stored,
    one.published,
    one.days,
    utc(one.at),
  ]);
  console.log(
    plainTable(["source", "recall", "stored", "published", "days", "when"], rows, {
      right: [1, 2, 3, 4],
    }),
  );
}

async function measure(id: string, { days, json }: Options): Promise<void> {
  const span = Number(days);
  if (!(span >= 1 && span <= 90)) throw new CommandError("usage", "--days: 1 to 90");
  const recall = await onStore(async (store) => {
    const source = await sourceNamed(store, id);
    const stack = new ReleaseStack();
    try {
      const access = await openSiteAccess(loadConfig(processEnv()), stack);
      const progress = (step: string) => console.error(step);
      const rest = { store, product: PRODUCT, now: () => new Date(), progress };
      return await measureRecall({ ...access, ...rest }, source, span);
    } finally {
      await stack.close();
    }
  });
  console.log(json ? JSON.stringify(recall, null, 2) : describeRecall(recall));
  if (recall.missed.length > 0) process.exitCode = EXIT.partly;
}

function share({ stored, published }: Pick<Recall, "stored" | "published">): string {
  return published === 0 ? "-" : `${((100 * stored) / published).toFixed(1)} %`;
}

function describeRecall(recall: Recall): string {
  const { _id, days, stored, published, left, channels, missed } = recall;
  const reasons = Object.entries(left).map(([reason, n]) => `${n} ${reason}`);
  return [
    `${_id}: ${share(recall)} of ${days} days (${stored} of ${published}; left out on purpose: ${reasons.join(", ") || "none"})`,
    plainTable(
      ["kind", "address", "entry point", "listed", "stored"],
      channels.map((one) => [one.kind, one.url, one.watched ? "yes" : "", one.listed, one.stored]),
      { right: [3, 4] },
    ),
    ...(missed.length > 0
      ? [
          plainTable(
            ["missed", "published", "why"],
            missed.map(({ url, publishedAt, why }) => [
              url,
              publishedAt ? utc(publishedAt) : "",
              why,
            ]),
          ),
        ]
      : ["nothing was missed"]),
  ].join("\n");
}
