import { createHash } from "node:crypto";
import { createReadStream, existsSync, type Stats } from "node:fs";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CommandError } from "../../lib/exit.ts";
import { jsonOf } from "../../lib/text.ts";
import { writeFileAtomically } from "../../lib/write-file.ts";

export interface Target {
  format: "jsonl" | "csv" | "parquet" | "warc" | "wacz";
  output: string;
  resume: boolean;
  /** Whether to replace an existing file or export, and to restart an interrupted export. */
  force: boolean;
}

/** Parquet readers ignore files whose names begin with `_`. */
export const MANIFEST = "_manifest.json";

export function isOneParquet({ format, output }: Pick<Target, "format" | "output">): boolean {
  return format === "parquet" && /\.parquet$/i.test(output);
}

export function withoutSlash(output: string): string {
  return output.replace(/(?<=.)\/+$/, "");
}

/** Throws `CommandError` if an export can't be written to its target. */
export async function requireTarget(target: Target): Promise<void> {
  const { format, resume, force } = target;
  const output = withoutSlash(target.output);
  if (output === "-") return;
  if (isOneParquet({ format, output }) && resume) {
    const hint = "omit --resume, or name a folder (without .parquet)";
    throw new CommandError("usage", `${output}: a single Parquet file can't be resumed: ${hint}`);
  }
  const there = await stat(output).catch(() => null);
  if (there) await requireKind(there, { format, output });
  const wasStopped = [`${output}.part/${PROGRESS}`, `${output}.progress.part`].some(existsSync);
  if (force || (resume && wasStopped)) return;
  if (wasStopped) {
    const hint = "--resume continues that export, --force starts again";
    throw new CommandError("usage", `an export to ${output} was stopped: ${hint}`);
  }
  if (!there || (there.isDirectory() && (await readdir(output)).length === 0)) return;
  const hint = "add --force to replace it, or choose another name";
  throw new CommandError("usage", `${output} already exists: ${hint}`);
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
  throw new CommandError(
    "usage",
    `${output} is neither a file nor a folder: name a file, or - for standard output`,
  );
}

/** Throws `CommandError` if the folder contains files but no manifest of an export. */
export async function requireExport(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length === 0 || names.includes(MANIFEST)) return;
  throw new CommandError(
    "usage",
    `${folder} contains files but no manifest of an export: choose another folder`,
  );
}

/**
 * Moves a finished export from `whole` to `output`, and replaces an earlier export there. Throws
 * `CommandError` if `output` is a folder of other files.
 */
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

export function manifestOf(target: Pick<Target, "format" | "output">): string {
  const isFolder = target.format === "parquet" && !isOneParquet(target);
  return isFolder ? join(target.output, MANIFEST) : `${target.output}.manifest.json`;
}

export type NamedFile = readonly [name: string, path: string];

/** Writes the manifest of an export: `facts`, and the size and SHA-256 of each file. */
export async function writeManifest(
  manifest: string,
  facts: object,
  namedFiles: readonly NamedFile[],
): Promise<void> {
  const files = [];
  for (const [file, path] of namedFiles) files.push({ file, ...(await fileDigest(path)) });
  await writeFileAtomically(manifest, `${JSON.stringify({ ...facts, files }, null, 2)}\n`);
}

/** Returns the size of a file, and its SHA-256 in hex. */
export async function fileDigest(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { bytes: (await stat(path)).size, sha256: hash.digest("hex") };
}

const Progress = z.object({
  request: z.string(),
  /** Relative times in the request count from this time. */
  begunAt: z.coerce.date(),
  articles: z.int(),
  leftOut: z.record(z.string(), z.int()),
  /** This is the `sortAt` of the first unwritten article; null at the beginning. */
  next: z.coerce.date().nullable(),
  /** This is the length of the file up to the end of the last complete day. */
  bytes: z.int(),
  files: z.array(z.string()),
});

export type Progress = z.infer<typeof Progress>;

const PROGRESS = "progress.json";

/**
 * Returns an export's stored progress; null if there is none. Throws `CommandError` if the progress
 * is invalid or belongs to another request.
 */
export async function readProgress(folder: string, request: string): Promise<Progress | null> {
  const text = await readFile(join(folder, PROGRESS), "utf8").catch(() => null);
  if (text === null) return null;
  const { success, data } = Progress.safeParse(jsonOf(text));
  if (!success) {
    throw new CommandError("failed", `${join(folder, PROGRESS)} can't be read: remove ${folder}`);
  }
  if (data.request === request) return data;
  const hint = "repeat the same request, or omit --resume";
  throw new CommandError("usage", `${folder} belongs to another export (${data.request}): ${hint}`);
}

export async function keepProgress(folder: string, progress: Progress): Promise<void> {
  const file = join(folder, PROGRESS);
  await writeFileAtomically(file, JSON.stringify(progress));
}

export async function dropProgress(folder: string): Promise<void> {
  await rm(join(folder, PROGRESS), { force: true });
}
