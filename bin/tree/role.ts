import { loadConfig, processEnv } from "../../config/env.ts";
import { createLogger, hideCredentials } from "../../config/logger.ts";
import { sleep } from "../../lib/time.ts";
import type { ProcessProblem } from "../../model/operations/process.ts";
import type { Role } from "../../queues/queues.ts";
import { exitCodeOf, explain } from "../exit.ts";
import { startRole } from "../roles/start-role.ts";
import { outliveLog } from "../stderr.ts";
import type { RoleMessage } from "./role-process.ts";
import { tuneV8 } from "./v8.ts";

const ORPHAN_STOP_TIMEOUT_MS = 5000;
const HEARTBEAT_INTERVAL_MS = 1000;
const CHECK_INTERVAL_MS = 3000;
const METRICS_INTERVAL_MS = 5000;

// Runs one role as a process under `newsgather start`. Reports its URL when it is ready, and ends
// with its parent.
tuneV8();
outliveLog();
const role = process.argv[2] as Role;
const only = process.argv[3]?.split(",") ?? null;
const config = loadConfig(processEnv());
const log = createLogger(config).child({ role });
const { mongoUrl, redisUrl } = config;
if (!mongoUrl || !redisUrl) throw new Error("a role needs MONGODB_URI and REDIS_URL");

const starting = startRole(role, { config, mongoUrl, redisUrl, log, only });
const stop = () => {
  starting
    .then((running) => running.stop())
    .then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, "stop failed");
        process.exit(1);
      },
    );
};
process.on("SIGTERM", stop);
process.on("disconnect", () => {
  // The parent was killed and its services end with it, so work in progress can't be finished.
  setTimeout(() => process.exit(1), ORPHAN_STOP_TIMEOUT_MS);
  stop();
});
// Ctrl-C, or closing a terminal, reaches the whole process group. The parent decides when and in
// which order its processes stop.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});

const running = await starting.catch((error: unknown) => {
  process.stderr.write(`${hideCredentials(explain(error) ?? String(error))}\n`);
  process.exit(exitCodeOf(error));
});
// If the parent is gone, sending fails; `disconnect` then stops this process.
const send = (message: RoleMessage) => void process.send?.(message, undefined, undefined, () => {});
send({ ready: true, address: running.address, worker: running.inHand?.worker ?? null });
// The parent replaces a process that stops reporting.
let trouble: ProcessProblem | null = null;
setInterval(() => send({ beat: trouble }), HEARTBEAT_INTERVAL_MS);
// The portal's process has its own `/metrics`.
if (config.metricsListen && role !== "api") {
  running.metrics.setDefaultLabels({ role });
  const measured = async () => send({ metrics: await running.metrics.getMetricsAsJSON() });
  setInterval(
    () => void measured().catch((err: unknown) => log.warn({ err }, "can't report metrics")),
    METRICS_INTERVAL_MS,
  );
}
for (;;) {
  await sleep(CHECK_INTERVAL_MS);
  trouble = await running.trouble();
}
