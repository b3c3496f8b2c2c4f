import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CommandError } from "../../lib/exit.ts";

/** Where an export that was stopped goes on: behind the last day that is written whole. */
export interface Progress {
  /** What was asked for, as it was asked. */
  asked: string;
  /** When it was begun: what is asked for relative to it stays the same. */
  begunAt: Date;
  articles: number;
  /** The `sortAt` of the first article that isn't written; null at the beginning. */
  next: Date | null;
  /** Bytes of a flat file that are whole. */
  bytes: number;
  /** Files of a folder that are whole. */
  files: string[];
}

const Kept = z.object({
  asked: z.string(),
  begunAt: z.coerce.date(),
  articles: z.int(),
  next: z.coerce.date().nullable(),
  bytes: z.int(),
  files: z.array(z.string()),
});

/** The file that tells it, in the folder of an export that isn't whole yet. */
export const PROGRESS = "progress.json";

/** How far the export in a folder is; null where none is. Throws `CommandError` when it is of something else. */
export async function readProgress(folder: string, asked: string): Promise<Progress | null> {
  const text = await readFile(join(folder, PROGRESS), "utf8").catch(() => null);
  if (text === null) return null;
  const { success, data } = Kept.safeParse(jsonOf(text));
  if (!success) {
    throw new CommandError("failed", `${join(folder, PROGRESS)} can't be read: remove ${folder}`);
  }
  if (data.asked === asked) return data;
  const hint = "ask for the same, or go without --resume";
  throw new CommandError("usage", `${folder} is of another export (${data.asked}): ${hint}`);
}

/** Writes how far it is; a process that ends meanwhile leaves what was written before. */
export async function keepProgress(folder: string, progress: Progress): Promise<void> {
  const file = join(folder, PROGRESS);
  await writeFile(`${file}.new`, JSON.stringify(progress), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

export async function dropProgress(folder: string): Promise<void> {
  await rm(join(folder, PROGRESS), { force: true });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
