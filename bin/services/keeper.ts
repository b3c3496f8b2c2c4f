import { loadConfig, processEnv } from "../../config/env.ts";
import { createLogger } from "../../config/logger.ts";
import { stopSignal } from "../until-stopped.ts";
import { DataDirInUse } from "./claim.ts";
import { keepDatabase } from "./shared-database.ts";

/** What the keeper tells the command that started it. */
export type KeeperMessage = { ready: true } | { problem: string };

// The process that runs the embedded database while commands use it; the first of them starts it.
const config = loadConfig(processEnv());
const tell = (message: KeeperMessage) => void process.send?.(message);
try {
  await keepDatabase(
    { dataDir: config.dataDir, cache: config.databaseCache },
    { log: createLogger(config), stop: stopSignal(), onReady: () => tell({ ready: true }) },
  );
} catch (error) {
  // Whoever has the folder is who the command asks next.
  if (error instanceof DataDirInUse) tell({ ready: true });
  else tell({ problem: error instanceof Error ? error.message : String(error) });
}
process.disconnect?.();
