import { type Logger as PinoLogger, pino } from "pino";
import pretty from "pino-pretty";
import type { Config } from "./env.ts";

/** A pino logger; bind context once with `child({ queue, sourceId, runId })`. */
export type Logger = PinoLogger;

const SECRET_FIELDS = ["authorization", "cookie", "password", "secret", "token", "apiKey"];
const REDACTED = SECRET_FIELDS.flatMap((field) => [
  field,
  `*.${field}`,
  `*.*.${field}`,
  `headers["${field.toLowerCase()}"]`,
]);
const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]*@/gi;

/** The text with `user:password@` of any address in it hidden. */
export function hideCredentials(text: string): string {
  return text.replace(CREDENTIALS, "$1***@");
}

/**
 * Logs to stderr, since stdout is for data: JSON lines, or readable ones on a terminal.
 * Secret fields and credentials inside addresses are hidden.
 */
export function createLogger(
  config: Pick<Config, "logLevel">,
  out: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
): Logger {
  const stream = out.isTTY
    ? pretty({ destination: out, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss" })
    : out;
  return pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...new Set(REDACTED)], censor: "***" },
      hooks: {
        streamWrite: hideCredentials,
      },
    },
    stream,
  );
}
