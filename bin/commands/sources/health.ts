import type { Command } from "@commander-js/extra-typings";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { EXIT } from "../../../lib/exit.ts";
import { type Health, type HealthState, healthOf } from "../../../model/sources/health.ts";
import type { SourceRecord } from "../../../model/sources/source.ts";
import { listSources } from "../../../store/sources/sources.ts";
import { requireSource } from "../../known.ts";
import { plainTable, utcOrNever } from "../../output.ts";
import { onStore } from "../../services/use.ts";

export function register(program: Command): void {
  program
    .command("health")
    .description("show sources that fail, why, and what to do (exit code 3 if there are any)")
    .argument("[id]", "one source, healthy or not")
    .option("--json", "print JSON")
    .action(async (id, { json }) => {
      const now = new Date();
      const sources = await onStore(listSources);
      const known = sources.filter(({ active, _id }) => (id === undefined ? active : _id === id));
      if (id !== undefined) requireSource(id, sources);
      const reports = known.map((source) => ({ source, health: healthOf(source, now) }));
      const shown = reports.filter(({ health }) => id !== undefined || health.state !== "ok");
      const sick = shown.filter(({ health }) => !HEALTHY_STATES.has(health.state));
      if (json) console.log(JSON.stringify(shown.map(factsOf), null, 2));
      else if (known.length === 0)
        console.log("there are no sources: `newsgather discover URL --write` adds one");
      else if (shown.length === 0) console.log(`all sources are healthy (${known.length})`);
      else console.log(tableOf(shown));
      // Loaded here, because it loads two drivers.
      const { checkSigning } = await import("../run/doctor/signing.ts");
      const signing = id === undefined ? await checkSigning(loadConfig(processEnv()), now) : null;
      if (signing && signing.level !== "ok") console.error(`${signing.found}: ${signing.next}`);
      if (sick.length > 0 || signing?.level === "fail") process.exitCode = EXIT.partly;
    });
}

const HEALTHY_STATES = new Set<HealthState>(["ok", "unknown", "paused"]);

interface HealthReport {
  source: SourceRecord;
  health: Health;
}

function factsOf({ source, health }: HealthReport) {
  const { _id, lastAttemptAt, lastSuccessAt, lastNewArticleAt, lastProblem } = source;
  return { id: _id, ...health, lastAttemptAt, lastSuccessAt, lastNewArticleAt, lastProblem };
}

function tableOf(reports: HealthReport[]): string {
  const rows = reports.map(({ source, health: { state, words, todo } }) => [
    source._id,
    state,
    utcOrNever(source.lastAttemptAt),
    utcOrNever(source.lastSuccessAt),
    utcOrNever(source.lastNewArticleAt),
    words ?? "",
    todo ?? "",
  ]);
  const head = [
    "source",
    "state",
    "last attempt",
    "last success",
    "last new article",
    "why",
    "what to do",
  ];
  return plainTable(head, rows);
}
