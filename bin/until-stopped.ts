/** With `npm start`, the process gets Ctrl-C twice: from the terminal and from npm. */
const SAME_SIGNAL_WITHIN_MS = 1000;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. A later signal ends the process at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let firstSignalAt: number | undefined;
    process.once("SIGHUP", () =>
      process.once("exit", () => {
        // Otherwise, Node would abort because the terminal is closed.
        process.removeAllListeners("SIGHUP");
        process.kill(process.pid, "SIGHUP");
      }),
    );
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        firstSignalAt ??= performance.now();
        if (performance.now() - firstSignalAt > SAME_SIGNAL_WITHIN_MS) process.exit(1);
        resolve();
      });
    }
  });
}

export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  void untilStopped().then(() => controller.abort());
  return controller.signal;
}
