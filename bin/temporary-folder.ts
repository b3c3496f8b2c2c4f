import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `use` with a new folder, which is removed afterwards, even if a signal ends the process. */
export async function inTemporaryFolder<T>(
  prefix: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // A signal that nobody handles ends the process without the event `exit`.
  const end = () => process.exit(1);
  process.once("exit", remove);
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    return await use(folder);
  } finally {
    process.off("exit", remove);
    for (const signal of SIGNALS) process.off(signal, end);
    remove();
  }
}
