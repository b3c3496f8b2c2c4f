import { join } from "node:path";
import { loadConfig, processEnv } from "../config/env.ts";
import type { Secrets } from "../config/secrets.ts";
import { CommandError } from "../lib/exit.ts";
import { type LoadedSources, loadSources } from "../sources/files/load.ts";
import { readTopics } from "./roles/topics.ts";

/** The configured sources, from `dir` or the folder that the environment names; their logins' secrets are looked for in `secrets`. */
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

/** Path of the file of a source, there or not. */
export async function fileOf(id: string): Promise<string> {
  const { sourcesDir } = loadConfig(processEnv());
  return (await readConfigured()).files.get(id) ?? join(sourcesDir, `${id}.yaml`);
}
