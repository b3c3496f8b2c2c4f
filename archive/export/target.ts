import { existsSync, type Stats } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../../lib/exit.ts";
import { PROGRESS } from "./progress.ts";

/** Where an export is to be written, and what it may do to what is there. */
export interface Target {
  format: "jsonl" | "csv" | "parquet" | "warc" | "wacz";
  output: string;
  /** Go on with an export that was stopped. */
  resume: boolean;
  /** Replace an earlier export. */
  force: boolean;
}

/** The manifest of a folder of Parquet. Readers skip what begins with `_`; earlier ones were called without it. */
export const MANIFEST = "_manifest.json";
export const MANIFESTS = [MANIFEST, "manifest.json"];

/** Whether an export is one file of Parquet: else it is a folder for each day. */
export function isOneParquet({ format, output }: Pick<Target, "format" | "output">): boolean {
  return format === "parquet" && /\.parquet$/i.test(output);
}

/** A path without the slashes at its end. */
export function withoutSlash(output: string): string {
  return output.replace(/(?<=.)\/+$/, "");
}

/** Throws `CommandError` where an export would overwrite what it was not told to. */
export async function requireTarget(target: Target): Promise<void> {
  const { format, resume, force } = target;
  const output = withoutSlash(target.output);
  if (output === "-") return;
  if (isOneParquet({ format, output }) && resume) {
    const hint = "leave --resume out, or name a folder (a name without .parquet)";
    throw new CommandError("usage", `${output}: one file of Parquet can't go on: ${hint}`);
  }
  const there = await stat(output).catch(() => null);
  if (there) await requireKind(there, { format, output });
  const wasStopped = [`${output}.part/${PROGRESS}`, `${output}.progress.part`].some(existsSync);
  if (force || (resume && wasStopped)) return;
  if (wasStopped) {
    const hint = "--resume goes on with it, --force begins again";
    throw new CommandError("usage", `an export to ${output} was stopped: ${hint}`);
  }
  if (!there || (there.isDirectory() && (await readdir(output)).length === 0)) return;
  const hint = "--force replaces it, or name another";
  throw new CommandError("usage", `${output} is there already: ${hint}`);
}

async function requireKind(
  there: Stats,
  { format, output }: Pick<Target, "format" | "output">,
): Promise<void> {
  if (there.isDirectory()) {
    if (format === "parquet") return requireExport(output);
    throw new CommandError("usage", `${output} is a folder: name a file`);
  }
  if (there.isFile()) return;
  throw new CommandError("usage", `${output} is no file: - stands for standard output`);
}

/** Throws `CommandError` where a folder is there that holds something else than an export. */
export async function requireExport(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length === 0 || MANIFESTS.some((name) => names.includes(name))) return;
  throw new CommandError("usage", `${folder} holds something else than an export: name another`);
}

/** Gives a whole file or folder its name, in the place of an earlier export. */
export async function putInPlace(whole: string, output: string): Promise<void> {
  const there = await stat(output).catch(() => null);
  if (!there?.isDirectory() && (await stat(whole)).isFile()) return rename(whole, output);
  await requireExport(output);
  const old = `${output}.old`;
  await rm(old, { recursive: true, force: true });
  if (there) await rename(output, old);
  await rename(whole, output);
  await rm(old, { recursive: true, force: true });
}

/** The path of the manifest of an export. */
export function manifestOf(target: Pick<Target, "format" | "output">): string {
  const isFolder = target.format === "parquet" && !isOneParquet(target);
  return isFolder ? join(target.output, MANIFEST) : `${target.output}.manifest.json`;
}
