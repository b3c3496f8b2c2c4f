import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { type Env, setEnv } from "../config/env.ts";
import { CommandError } from "../lib/exit.ts";
import { writeFileAtomically } from "../lib/write-file.ts";
import { Holder, readOwned } from "./services/claim.ts";
import { thisProcess } from "./services/machine.ts";

const Stored = Holder.extend({
  address: z.string().nullable(),
  env: z.record(z.string(), z.string()),
});

/**
 * A running `start` or `demo`. `address` is the portal's URL, null before the portal opens. `env`
 * has the settings for commands.
 */
export type Instance = Pick<z.infer<typeof Stored>, "address" | "env">;

const fileIn = (dataDir: string) => join(dataDir, "run", "settings.json");

/** Records the URL and settings, so that commands with the same data folder use this instance. */
export async function writeInstance(dataDir: string, { address, env }: Instance): Promise<void> {
  await mkdir(join(dataDir, "run"), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ ...thisProcess(), address, env });
  await writeFileAtomically(fileIn(dataDir), text);
}

export async function removeInstance(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
}

export function readInstance(dataDir: string): Instance | null {
  return readOwned(fileIn(dataDir), Stored);
}

const COMMANDS_WITHOUT_INSTANCE = new Set(["start", "demo", "restore", "help"]);

/**
 * Makes a command use the settings of the instance or the demo that runs on its data folder.
 * Returns the arguments without `--data`.
 */
export function followInstance(argv: readonly string[], env: Env): string[] {
  const { dataDir: fromArguments, rest } = extractDataOption(argv);
  const dataDir = fromArguments ?? (env["NEWSGATHER_DATA_DIR"] || "data");
  if (fromArguments !== null) setEnv({ NEWSGATHER_DATA_DIR: dataDir });
  const command = rest.find((word) => !word.startsWith("-"));
  if (command === undefined || COMMANDS_WITHOUT_INSTANCE.has(command)) return rest;
  const own = readInstance(dataDir);
  const demo = own || env["MONGODB_URI"] ? null : readInstance(join(dataDir, "demo"));
  if (demo) console.error("The demo is running here, so this command uses the demo's data.");
  setEnv((own ?? demo)?.env ?? {});
  return rest;
}

function extractDataOption(argv: readonly string[]): { dataDir: string | null; rest: string[] } {
  const end = argv.indexOf("--");
  const at = argv.findIndex((word, index) => {
    return (end < 0 || index < end) && (word === "--data" || word.startsWith("--data="));
  });
  if (at < 0) return { dataDir: null, rest: [...argv] };
  const [word = "", next] = argv.slice(at);
  const joined = word.includes("=");
  const value = joined ? word.slice("--data=".length) : next;
  if (!value) throw new CommandError("usage", "--data needs a folder");
  return { dataDir: resolve(value), rest: argv.toSpliced(at, joined ? 1 : 2) };
}
