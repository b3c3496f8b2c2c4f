import { loadConfig, processEnv } from "../../config/env.ts";
import { createLogger } from "../../config/logger.ts";
import { stopSignal } from "../until-stopped.ts";
import { DataDirInUse } from "./claim.ts";
import { keepDatabase } from "./shared-database.ts";

/** A message from the process that runs the shared database to the command that started it. */
export type KeeperMessage = { ready: true } | { problem: string };

// Runs the embedded database while commands use it. The first command starts this process.
const config = loadConfig(processEnv());
const send = (message: KeeperMessage) => void process.send?.(message);
try {
  const onReady = () => send({ ready: true });
  await keepDatabase(config, { log: createLogger(config), stop: stopSignal(), onReady });
} catch (error) {
  // Another process has the folder; the command will use that process's database.
  if (error instanceof DataDirInUse) send({ ready: true });
  else send({ problem: error instanceof Error ? error.message : String(error) });
}
process.disconnect?.();
