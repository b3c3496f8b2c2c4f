import { randomBytes } from "node:crypto";
import { type Logger as PinoLogger, pino } from "pino";
import pretty from "pino-pretty";
import type { Config } from "./env.ts";

/** A pino logger; bind its context once with `child({ queue, sourceId, runId })`. */
export type Logger = PinoLogger;

const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "set-cookie",
  "password",
  "passwordHash",
  "secret",
  "secretHash",
  "token",
  "apiKey",
  "x-api-key",
];
const REDACTED = SECRET_FIELDS.flatMap((field) => [
  field,
  `*.${field}`,
  `*.*.${field}`,
  `headers["${field.toLowerCase()}"]`,
]);
const API_KEYS = /\bng_([0-9a-f]{8})_[\w-]{43}/g;
/** Matching the scheme, too, would take quadratic time. */
const CREDENTIALS = /:\/\/[^\s/@:]*:[^\s/@]*@/g;

/** Returns the text without `user:password@` in URLs and without the secret part of API keys. */
export function hideCredentials(text: string): string {
  return text.replace(CREDENTIALS, "://***@").replace(API_KEYS, "ng_$1_***");
}

const PROCESS_TRACE = { traceId: randomBytes(16).toString("hex") };

/** Returns a logger that hides secrets. Writes to stderr by default, because stdout is for data. */
export function createLogger(
  config: Pick<Config, "logLevel">,
  out: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
): Logger {
  const stream = out.isTTY
    ? pretty({ destination: out, ignore: "pid,hostname,traceId", translateTime: "SYS:HH:MM:ss" })
    : out;
  return pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: (_line, _level, logger) => ("traceId" in logger.bindings() ? {} : PROCESS_TRACE),
      redact: { paths: [...new Set(REDACTED)], censor: "***" },
      hooks: {
        streamWrite: hideCredentials,
      },
    },
    stream,
  );
}
