/** A signal so soon after another one isn't meant as a second one, ms: `npm start` passes on what a terminal has sent as well. */
const SAME_SIGNAL_WITHIN_MS = 1000;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP (its terminal was closed); a second one ends the process at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let firstSignalAt: number | undefined;
    process.once("SIGHUP", () => process.once("exit", endByHangUp));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        firstSignalAt ??= performance.now();
        if (performance.now() - firstSignalAt > SAME_SIGNAL_WITHIN_MS) process.exit(1);
        resolve();
      });
    }
  });
}

/** Ends as the signal would, once all is stopped: Node itself would abort where it finds its terminal gone. */
function endByHangUp(): void {
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
}

/** A signal that fires when the process gets the signal to stop. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  void untilStopped().then(() => controller.abort());
  return controller.signal;
}
