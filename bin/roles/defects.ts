import type { Logger } from "../../config/logger.ts";
import type { RunningRole } from "./context.ts";

/** Logs an uncaught error as a defect and ends the process, because its state could be broken. */
export function reportDefects(log: Logger, starting: Promise<RunningRole>): void {
  let running: RunningRole | null = null;
  starting.then(
    (role) => void (running = role),
    () => {},
  );
  process.on("uncaughtException", (err) => {
    const urls = running?.inHand?.urls() ?? [];
    log.fatal({ kind: "defect", err, urls }, "uncaught error: the process ends");
    process.exit(1);
  });
}
