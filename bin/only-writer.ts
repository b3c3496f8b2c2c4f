import { resolve } from "node:path";
import { CommandError } from "../lib/exit.ts";
import { claimFile } from "./services/claim-file.ts";

/** Runs `write`. Throws `CommandError` if another command writes `output`. */
export async function asOnlyWriter<T>(output: string, write: () => Promise<T>): Promise<T> {
  const claim = await claimFile(`${resolve(output)}.writer`);
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
