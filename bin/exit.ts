import { CommanderError, InvalidArgumentError } from "@commander-js/extra-typings";
import { z } from "zod";
import { ConfigError } from "../config/env.ts";
import { CommandError, EXIT, type ExitCode } from "../lib/exit.ts";
import { nearest } from "../lib/nearest.ts";
import { isDiskFull } from "../lib/write-file.ts";
import { ProblemError } from "../model/problem.ts";

const UNREACHABLE = /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|Connection is closed/;
const DATABASE_UNREACHABLE_NAMES = new Set(["MongoServerSelectionError", "MongoNetworkError"]);
const UNREACHABLE_NAMES = new Set([
  ...DATABASE_UNREACHABLE_NAMES,
  "MaxRetriesPerRequestError",
  "RedisUnreachable",
  "TierUnreachable",
]);

export const SOURCES_HINT = "`newsgather sources list` lists all sources";

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exit;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigError || error instanceof z.ZodError) return EXIT.usage;
  // A problem of the API means a wrong argument.
  if (error instanceof ProblemError) return EXIT.usage;
  if (!(error instanceof Error)) return EXIT.failed;
  const unreachable = UNREACHABLE_NAMES.has(error.name) || UNREACHABLE.test(error.message);
  return unreachable ? EXIT.unreachable : EXIT.failed;
}

/** Returns the message of an error; null if commander has already printed it. */
export function explain(error: unknown): string | null {
  if (error instanceof CommanderError) return null;
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (error instanceof CommandError || error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (isDiskFull(error))
    return `${error.message}\n  Free some disk space, then run the command again.`;
  if (DATABASE_UNREACHABLE_NAMES.has(error.name))
    return `the database can't be reached: ${error.message}`;
  const cause = error.cause instanceof Error ? `\n  because: ${error.cause.message}` : "";
  return `${error.message}${cause}`;
}

/** Returns a parser for an option's value, a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`write a whole number from ${least} to ${most}`);
  };
}

export function unknownName(
  what: string,
  word: string,
  known: Iterable<string>,
  hint = "",
): CommandError {
  const near = nearest(word, known);
  const meant = near === null ? "" : `; did you mean ${near}?`;
  const where = hint === "" ? "" : ` (${hint})`;
  return new CommandError("usage", `there is no ${what} "${word}"${meant}${where}`);
}

/** Throws a usage error for unknown words; its message suggests similar known words. */
export function requireKnown(
  what: string,
  words: readonly string[],
  known: readonly string[],
  hint = "",
): void {
  const wrong = words.filter((word) => !known.includes(word));
  if (wrong.length === 0) return;
  const refusals = wrong.map((word) => unknownName(what, word, known, hint).message);
  throw new CommandError("usage", refusals.join("\n"));
}
