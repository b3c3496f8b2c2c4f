import { join } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { loadConfig, processEnv } from "../../../config/env.ts";
import type { Secrets } from "../../../config/secrets.ts";
import { sharedEntries } from "../../../crawler/links/entry-points.ts";
import { CommandError } from "../../../lib/exit.ts";
import { givesReason } from "../../../model/operations/audit.ts";
import { formatProblem, type LoadedSources, loadSources } from "../../../sources/files/load.ts";
import { cliActor } from "../../actor.ts";
import { readTopics } from "../../roles/config-data.ts";

/** Reads the sources in `dir` or the configured folder. With `secrets`, also checks the logins. */
export async function readConfigured(
  dir?: string,
  secrets: Secrets | null = null,
): Promise<LoadedSources> {
  const sourcesDir = dir ?? loadConfig(processEnv()).sourcesDir;
  const topics = await readTopics();
  try {
    return await loadSources(sourcesDir, new Set(topics.map((topic) => topic.id)), secrets);
  } catch (error) {
    const hint = "set NEWSGATHER_SOURCES_DIR to the folder of your sources";
    throw new CommandError("usage", `${sourcesDir} can't be read: ${hint}`, { cause: error });
  }
}

/** Returns the path of a source's file, even if the file doesn't exist. */
export async function fileOf(id: string): Promise<string> {
  const { sourcesDir } = loadConfig(processEnv());
  return (await readConfigured()).files.get(id) ?? join(sourcesDir, `${id}.yaml`);
}

/** Throws a usage error if a source's file has a mistake. */
export function requireNoProblems({ problems }: LoadedSources, consequence?: string): void {
  if (problems.length === 0) return;
  const lines = [...problems.map(formatProblem), ...(consequence ? [consequence] : [])];
  throw new CommandError("usage", lines.join("\n"));
}

export function warnOfSharedEntries({ sources }: LoadedSources): void {
  for (const words of sharedEntries(sources)) console.error(`warning: ${words}`);
}

/** Adds a command that changes one source, and records why. */
export function addVerb(sources: Command, name: string, description: string) {
  return sources
    .command(name)
    .description(description)
    .argument("<id>")
    .requiredOption("--reason <text>", "why, for versions and audit log")
    .option("--json", "print JSON");
}

/** Returns who runs the command, and why. Throws `CommandError` if the reason is empty. */
export function requireReason(reason: string): { actor: string; reason: string } {
  if (!givesReason(reason)) throw new CommandError("usage", "--reason: say why");
  return { actor: cliActor(), reason };
}

export function tellDone(outcome: { done: string; next?: string }, json: true | undefined): void {
  if (json) return console.log(JSON.stringify(outcome, null, 2));
  console.error(outcome.done);
  if (outcome.next !== undefined) console.error(`next: ${outcome.next}`);
}

export function dueWords(ids: string): string {
  return `a running Newsgather fetches due sources within seconds; if Newsgather isn't running: \`newsgather run ${ids}\``;
}
