import type { Logger } from "../../config/logger.ts";
import type { RunningRole } from "./context.ts";

/**
 * Reports an error that nothing caught as a defect, with the URLs in hand, and ends the process: what it holds may be
 * broken, and others take its work over.
 */
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
