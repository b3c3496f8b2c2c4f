import type { Command } from "@commander-js/extra-typings";
import { loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { formatDuration } from "../../../lib/time.ts";
import {
  announcedIn,
  budgetOf,
  type Coverage,
  shareText,
  shownCoverage,
} from "../../../model/sources/coverage.ts";
import { probeSite } from "../../../sources/coverage/probe.ts";
import { getCoverage, listCoverage } from "../../../store/sources/coverage.ts";
import type { Store } from "../../../store/store.ts";
import { sourceNamed } from "../../known.ts";
import { plainTable, print, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { withSiteAccess } from "../../site-access.ts";

export function register(program: Command): void {
  program
    .command("coverage")
    .description(
      "show what share of the announced articles readers can find; with an id, also list the missing ones (exit code 3 if there are any)",
    )
    .argument("[id]", "a source (default: all)")
    .option("--probe", "search the source's site now for articles that its entry points miss")
    .option("--json", "print JSON")
    .action((id, options) => (id === undefined ? list(options) : show(id, options)));
}

async function list({ probe, json }: { probe?: true; json?: true }): Promise<void> {
  if (probe) throw new CommandError("usage", "--probe needs the id of a source");
  const all = await onStore((store) => listCoverage(store));
  const rows = all.map((one) => ({ ...one, budget: budgetOf(one.total, one.objective) }));
  if (json) return console.log(JSON.stringify(rows, null, 2));
  if (rows.length === 0) throw notCounted("the coverage");
  console.log(
    plainTable(
      ["source", "in time", "covered", "announced", "late", "missing", "budget left"],
      rows.map(({ _id, budget, total }) => [
        _id,
        shareText(budget.inTime),
        shareText(budget.covered),
        announcedIn(total),
        total.late,
        total.missing,
        shareText(budget.remaining),
      ]),
      { right: [1, 2, 3, 4, 5, 6] },
    ),
  );
}

async function show(id: string, { probe, json }: { probe?: true; json?: true }): Promise<void> {
  const coverage = await onStore(async (store) => {
    const source = await sourceNamed(store, id);
    return probe ? probeNow(store, source) : getCoverage(store, source._id);
  });
  if (!coverage) throw notCounted(`the coverage of ${id}`);
  print(shownCoverage(coverage), json, describe);
  if (coverage.gaps.length > 0) process.exitCode = EXIT.partly;
}

function notCounted(what: string): CommandError {
  const hint = "`newsgather start` counts all sources";
  return new CommandError("failed", `${what} isn't counted yet: ${hint}`);
}

function probeNow(store: Store, source: Parameters<typeof probeSite>[1]): Promise<Coverage | null> {
  return withSiteAccess(loadConfig(processEnv()), (access) => {
    const progress = (step: string) => console.error(step);
    const rest = { store, product: PRODUCT, now: () => new Date(), progress };
    return probeSite({ ...access, ...rest }, source);
  });
}

function describe({ _id, total, objective, gaps, probe }: Coverage): string {
  const budget = budgetOf(total, objective);
  const countsText = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ") || "none";
  const { share, within } = objective;
  return [
    `${_id}: of the articles announced in 28 days (${announcedIn(total)}), readers found ${shareText(budget.inTime)} in time and ${shareText(budget.covered)} by now`,
    `objective: ${shareText(share)} within ${formatDuration(within)}; late or missing articles: ${budget.spent} (allowed: ${Number(budget.allowed.toFixed(1))})`,
    `completeness: ${countsText(total.completeness)}`,
    `excluded on purpose: ${countsText(total.excluded)}`,
    ...(probe && probe.channels.length > 0
      ? [
          plainTable(
            ["other feeds and sitemaps of the site", "kind", "articles", "covered"],
            probe.channels.map((one) => [one.url, one.kind, one.listed, one.covered]),
            { right: [2, 3] },
          ),
        ]
      : []),
    gaps.length > 0
      ? plainTable(
          ["missing", "announced", "why"],
          gaps.map(({ url, announcedAt, why }) => [url, utc(announcedAt), why]),
        )
      : "no announced article is missing",
  ].join("\n");
}
