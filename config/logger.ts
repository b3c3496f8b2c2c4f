import { randomBytes } from "node:crypto";
import { type Logger as PinoLogger, pino } from "pino";
import pretty from "pino-pretty";
import type { Config } from "./env.ts";

/** A pino logger; bind context once with `child({ queue, sourceId, runId })`. */
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
/** Keys that programs are let in with, see `web/auth/secret.ts`. */
const KEYS = /\bng_([0-9a-f]{8})_[\w-]{43}/g;
/** Begins at `://`: a pattern that begins with the scheme takes quadratic time on long texts without one. */
const CREDENTIALS = /:\/\/[^\s/@:]*:[^\s/@]*@/g;

/** The text with `user:password@` of any address, and the secret of any key, in it hidden. */
export function hideCredentials(text: string): string {
  return text.replace(CREDENTIALS, "://***@").replace(KEYS, "ng_$1_***");
}

/** Lines that belong to no run have the trace of their process. */
const OWN = { traceId: randomBytes(16).toString("hex") };

/**
 * Logs to stderr, since stdout is for data: JSON lines, or readable ones on a terminal.
 * Secret fields and credentials inside addresses are hidden. Every line has a `traceId`: of a run where its logger
 * is bound to one, see `model/trace.ts`.
 */
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
      mixin: (_line, _level, logger) => ("traceId" in logger.bindings() ? {} : OWN),
      redact: { paths: [...new Set(REDACTED)], censor: "***" },
      hooks: {
        streamWrite: hideCredentials,
      },
    },
    stream,
  );
}
