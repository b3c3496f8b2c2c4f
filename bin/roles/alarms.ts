import type { Config } from "../../config/env.ts";
import { readSigningKeys } from "../../crawler/signing/keys.ts";
import type { ReleaseStack } from "../../lib/async.ts";
import type { AlarmChannel } from "../../model/operations/alarm.ts";
import type { Deps } from "../../workers/deps.ts";
import { type AlarmWays, checkForTrouble, sendDigests } from "../../workers/maintain/alarms.ts";
import { runEvery } from "./context.ts";
import { openPost } from "./egress.ts";

const CHECK_INTERVAL_MS = 30_000;

export async function alarmWaysOf(config: Config, stack: ReleaseStack): Promise<AlarmWays> {
  const { mail, webhook } = config.alarms;
  const mailer = mail && (await import("../../crawler/egress/mail.ts")).createMailer(mail);
  if (mailer) stack.add("mailer", () => mailer.close());
  if (!webhook) return { mailer, webhook: null };
  const post = openPost(config, stack, { name: "alarms' egress" });
  return { mailer, webhook: { ...webhook, post } };
}

/** Checks for problems and reports them, until the stack is closed. */
export async function watchForAlarms(
  config: Config,
  { deps, stack, baseUrl }: { deps: Deps; stack: ReleaseStack; baseUrl: string },
): Promise<void> {
  const ways = await alarmWaysOf(config, stack);
  const { agent, keysFile } = config.signing;
  const settings = {
    ways: (["mail", "webhook"] as const satisfies AlarmChannel[]).filter((way) =>
      way === "mail" ? ways.mailer : ways.webhook,
    ),
    every: config.alarms.every,
    title: config.portalTitle,
    page: `${baseUrl}/admin/alarms`,
    ...(agent !== null && { signingKeys: () => readSigningKeys(keysFile) }),
    otherClock: () => deps.producer.time(),
  };
  const check = async () => {
    await checkForTrouble(deps, settings);
    await sendDigests(deps, ways);
  };
  const report = (err: unknown) => deps.log.warn({ err }, "can't check for alarms");
  runEvery(CHECK_INTERVAL_MS, check, { stack, name: "alarms' clock", report });
}
