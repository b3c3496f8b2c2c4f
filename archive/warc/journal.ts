import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { CommandError } from "../../lib/exit.ts";
import { jsonOf } from "../../lib/text.ts";
import { writeAt, writeFileAtomically } from "../../lib/write-file.ts";

const WarcProgress = z.object({
  request: z.string(),
  begunAt: z.coerce.date(),
  captures: z.int(),
  records: z.int(),
  bytes: z.int(),
  /** Length of the valid part of the notes file, in bytes. What follows is discarded. */
  noted: z.int(),
  /** The first capture that this progress doesn't include. */
  next: z.object({ sourceId: z.string(), since: z.coerce.date() }),
});

type WarcProgress = z.infer<typeof WarcProgress>;

const Noted = z.union([
  z.object({ index: z.string() }),
  z.object({ leftOut: z.string() }),
  z.object({ page: z.object({ url: z.string(), ts: z.string(), linkId: z.string() }) }),
  z.object({
    payload: z.string(),
    first: z.object({ url: z.string(), date: z.string(), digest: z.string() }),
  }),
]);

type Noted = z.infer<typeof Noted>;

/** A record of an export's progress, stored beside the export's files. */
export interface Journal {
  from: WarcProgress | null;
  begunAt: Date;
  noted: Noted[];
  note(entry: Noted): void;
  /**
   * Stores the progress `at` and all entries passed to `note` so far. An interrupted export
   * continues from there.
   */
  keep(at: Omit<WarcProgress, "request" | "begunAt" | "noted">): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens or creates an export's journal. Throws `CommandError` if the journal can't be read or
 * belongs to another request.
 */
export async function openJournal(
  file: string,
  { request, now }: { request: string; now: Date },
): Promise<Journal> {
  const { progress, log } = journalFiles(file);
  const from = await progressIn(progress, request);
  const begunAt = from?.begunAt ?? now;
  let bytes = from?.noted ?? 0;
  const handle = await open(log, from ? "r+" : "w", 0o600);
  await handle.truncate(bytes);
  const noted = from ? await notedIn(handle) : [];
  let fresh: string[] = [];
  return {
    from,
    begunAt,
    noted,
    note: (entry) => void fresh.push(`${JSON.stringify(entry)}\n`),
    async keep(at) {
      const text = Buffer.from(fresh.join(""));
      fresh = [];
      bytes = await writeAt(handle, text, bytes);
      await handle.datasync();
      const state: WarcProgress = { request, begunAt, ...at, noted: bytes };
      await writeFileAtomically(progress, JSON.stringify(state));
    },
    close: () => handle.close(),
  };
}

export async function dropJournal(file: string): Promise<void> {
  const { progress, log } = journalFiles(file);
  for (const one of [progress, `${progress}.new`, log]) await rm(one, { force: true });
}

function journalFiles(file: string) {
  return { progress: `${file}.progress.part`, log: `${file}.noted.part` };
}

async function progressIn(file: string, request: string): Promise<WarcProgress | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const { success, data: progress } = WarcProgress.safeParse(jsonOf(text));
  if (!success) {
    const hint = "use --force instead of --resume to start again";
    throw new CommandError("failed", `${file} can't be read: ${hint}`);
  }
  if (progress.request === request) return progress;
  const hint = "repeat the same request, or omit --resume";
  throw new CommandError(
    "usage",
    `${file} belongs to another export (${progress.request}): ${hint}`,
  );
}

async function notedIn(handle: FileHandle): Promise<Noted[]> {
  const found: Noted[] = [];
  for await (const line of handle.readLines({ start: 0, autoClose: false })) {
    found.push(Noted.parse(JSON.parse(line)));
  }
  return found;
}
