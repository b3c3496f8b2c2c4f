import { randomUUID } from "node:crypto";
import type { Command } from "@commander-js/extra-typings";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { withReleases } from "../../../lib/async.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { readAlarms } from "../../../store/operations/alarms.ts";
import { tellOnce } from "../../../workers/maintain/alarms.ts";
import { plainTable, print, utc } from "../../output.ts";
import { alarmWaysOf } from "../../roles/alarms.ts";
import { onStore } from "../../services/use.ts";

export function register(program: Command): void {
  const alarms = program
    .command("alarms")
    .description("show open alarms (exit code 3 if there are any)")
    .option("--json", "print JSON, with alarms that ended in the last 30 days")
    .action(async ({ json }) => {
      const all = await onStore((store) => readAlarms(store, new Date()));
      const open = all.filter(({ closedAt }) => !closedAt);
      const rows = open.map(({ kind, subject, state, openedAt, words, todo }) => {
        return [`${kind} ${subject}`, state, utc(openedAt), words, todo ?? ""];
      });
      const head = ["about", "state", "since", "why", "what to do"];
      print(all, json, () => plainTable(head, rows, { whole: [0], none: "no alarm is open" }));
      if (open.length > 0) process.exitCode = EXIT.partly;
    });
  alarms
    .command("test")
    .description("send a test message to each configured receiver")
    .action(async () => {
      const config = loadConfig(processEnv());
      await withReleases(async (stack) => {
        const ways = await alarmWaysOf(config, stack);
        const deliveries = await tellOnce(ways, randomUUID(), config.portalTitle, new Date());
        if (deliveries.length === 0) {
          const hint = "set NEWSGATHER_ALARM_MAIL or NEWSGATHER_ALARM_WEBHOOK";
          throw new CommandError("usage", `alarms have no receiver: ${hint}`);
        }
        for (const { way, problem } of deliveries) console.log(`${way}: ${problem ?? "accepted"}`);
        if (deliveries.some(({ problem }) => problem !== null)) process.exitCode = EXIT.failed;
      });
    });
}
