import { define, optional, secret } from "../setting.ts";
import { duration, isAddress, list, text, url } from "../setting-kinds.ts";

/** How operators are told of alarms. */
export const ALARMS = {
  NEWSGATHER_ALARM_MAIL: define(
    list.refine((all) => all.every((one) => isAddress(one))),
    "",
    "e-mail addresses, separated by commas",
    "Who is told of alarms by e-mail; needs NEWSGATHER_SMTP_URL.",
  ),
  NEWSGATHER_ALARM_FROM: optional(
    text().refine(isAddress),
    "an e-mail address",
    "Sender of alarms; default: the first who is told.",
  ),
  NEWSGATHER_SMTP_URL: secret(
    url(/^smtps?:$/),
    "smtp://user:password@host:587 or smtps://host:465",
    "The server that takes e-mail about alarms.",
  ),
  NEWSGATHER_ALARM_WEBHOOK: secret(
    url(/^https?:$/),
    "an http(s) address",
    "An address that is told of alarms as a signed message (Standard Webhooks); needs NEWSGATHER_ALARM_SECRET.",
  ),
  NEWSGATHER_ALARM_SECRET: secret(
    text().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/),
    "whsec_ and at least 24 bytes in base64",
    "What messages about alarms are signed with.",
  ),
  NEWSGATHER_ALARM_EVERY: define(
    duration(60_000),
    "1h",
    "a duration from 1m on, e.g. 1h",
    "Alarms are told of in one digest, not more often than this.",
  ),
};
