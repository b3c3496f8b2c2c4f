import type { Command } from "@commander-js/extra-typings";
import Table from "cli-table3";
import pc from "picocolors";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { CommandError } from "../../../lib/exit.ts";
import { print } from "../../output.ts";
import type { Finding } from "./doctor/services.ts";

const COLOURS = { ok: pc.green, warn: pc.yellow, fail: pc.red };

export function register(program: Command): void {
  program
    .command("doctor")
    .description("check this machine, the services and the sources, and say what to do next")
    .option("--json", "print the findings as JSON")
    .action(async ({ json }) => {
      const findings = await examine();
      print(findings, json, tableOf);
      const failed = findings.filter(({ level }) => level === "fail").map(({ name }) => name);
      if (failed.length > 0) throw new CommandError("failed", `to fix: ${failed.join(", ")}`);
    });
}

async function examine(): Promise<Finding[]> {
  // Loaded here, because loading a browser and two drivers would slow down every --help.
  const { CHECKS } = await import("./doctor/checks.ts");
  const config = loadConfig(processEnv());
  const findings: Finding[] = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      findings.push({ name, ...(await check(config)) });
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      findings.push({ name, level: "fail", found, next: "" });
    }
  }
  return findings;
}

const DEFAULT_COLUMN_CHARS = 44;
const OTHER_COLUMNS_CHARS = 23;

function tableOf(findings: Finding[]): string {
  const { isTTY, columns } = process.stdout;
  const text = isTTY
    ? Math.max(18, Math.floor((columns - OTHER_COLUMNS_CHARS) / 2))
    : DEFAULT_COLUMN_CHARS;
  const table = new Table({
    head: ["", "what", "found", "next step"],
    style: { head: [], border: [], compact: true },
    colWidths: [6, 12, text, text],
    wordWrap: true,
  });
  for (const { name, level, found, next } of findings) {
    table.push([isTTY ? COLOURS[level](level) : level, name, found, next]);
  }
  return table.toString();
}
