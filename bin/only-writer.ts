import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadConfig, processEnv } from "../config/env.ts";
import { CommandError } from "../lib/exit.ts";
import { shortHash } from "../lib/text.ts";
import { claimFile } from "./services/claim.ts";

/** Runs `write`. Throws `CommandError` if another command with this data folder writes `output`. */
export async function asOnlyWriter<T>(output: string, write: () => Promise<T>): Promise<T> {
  const folder = join(loadConfig(processEnv()).dataDir, "run");
  const name = `${shortHash(resolve(output))}.writer`;
  // With a remote store, this user might not be allowed to write to the data folder.
  const unclaimed = { release: () => Promise.resolve() };
  const claim = await mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => claimFile(join(folder, name)))
    .catch(() => unclaimed);
  if (!claim) {
    const message = `another command is writing ${output}: wait for its end, or choose another name`;
    throw new CommandError("failed", message);
  }
  try {
    return await write();
  } finally {
    await claim.release();
  }
}
