import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Config } from "../../config/env.ts";
import { formatDuration } from "../../lib/time.ts";
import { Source, type SourceRecord } from "../../model/sources/source.ts";
import type { Declared, FieldChange, SourcePlan } from "../../model/sources/version.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { listSources } from "../../store/sources/sources.ts";
import {
  addVersion,
  declareSource,
  findStoredVersions,
  type Making,
  retireSource,
} from "../../store/sources/versions.ts";
import type { Store } from "../../store/store.ts";
import { loadSources, type SourceProblem } from "./load.ts";
import { isDuration } from "./validate.ts";

/** The actor of versions that Newsgather creates when it reads the files at its start. */
export const START_ACTOR = "start";

/**
 * Makes the stored sources match the declared ones. Retires sources that are neither declared nor
 * in `keep`. With `audit`, adds an entry to the audit log for each changed source.
 */
export async function applySources(
  store: Store,
  declarations: readonly Declared[],
  { keep, audit = false, ...making }: Making & { keep: ReadonlySet<string>; audit?: boolean },
): Promise<SourcePlan> {
  const records = await listSources(store);
  const known = new Map(records.map((record) => [record._id, record]));
  const plan = planSources(records, declarations, keep);
  const verbs = new Map([
    ...plan.change.map(({ id }) => [id, "change"] as const),
    ...plan.add.map(({ id }) => [id, "add"] as const),
  ]);
  await storeMissingVersions(store, declarations, known, making);
  const { actor, at, reason } = making;
  const change = async (verb: string, id: string, act: () => Promise<boolean>) => {
    const what = { action: `source.${verb}`, subject: id };
    await (audit ? runAudited(store, { actor, now: at, reason }, what, act) : act());
  };
  for (const { id } of plan.retire) {
    const record = known.get(id);
    if (record) await change("retire", id, () => retireSource(store, record, making));
  }
  for (const declaration of declarations) {
    const { id } = declaration.source;
    const verb = verbs.get(id);
    if (verb)
      await change(verb, id, () => declareSource(store, known.get(id), declaration, making));
  }
  return plan;
}

/** Stores source versions that are missing because a process ended before it could store them. */
async function storeMissingVersions(
  store: Store,
  declarations: readonly Declared[],
  known: ReadonlyMap<string, { version: number; checksum: string; active: boolean }>,
  { at }: Making,
): Promise<void> {
  const present = declarations.flatMap(({ source, checksum, yaml }) => {
    const record = known.get(source.id);
    if (!record?.active || record.checksum !== checksum) return [];
    return [{ sourceId: source.id, version: record.version, source, yaml }];
  });
  const ids = present.map(({ sourceId, version }) => `${sourceId}:${version}`);
  const stored = await findStoredVersions(store, ids);
  for (const version of present) {
    if (stored.has(`${version.sourceId}:${version.version}`)) continue;
    await addVersion(store, { ...version, at, actor: START_ACTOR, reason: null });
  }
}

const MAX_SAFE_RETIREMENTS = 3;
/** A draft file that is older isn't being written any more, and is removed. */
const MAX_WRITING_MS = 60_000;

/**
 * Updates the stored sources from the files. `withheld` of the result are sources that weren't
 * retired because too many files are missing.
 */
export async function syncConfigured(
  store: Store,
  config: Pick<Config, "sourcesDir">,
): Promise<SourcePlan & { problems: SourceProblem[]; withheld: string[] }> {
  const { declarations, problems } = await loadSources(config.sourcesDir);
  const mistaken = idsOf(problems);
  const records = (await listSources(store)).filter(({ active }) => active);
  const gone = planSources(records, declarations, mistaken).retire.map(({ id }) => id);
  // If most files are missing, the folder is probably wrong.
  const withheld =
    gone.length > MAX_SAFE_RETIREMENTS && gone.length * 2 > records.length ? gone : [];
  const keep = new Set([...mistaken, ...withheld]);
  const making = { at: new Date(), actor: START_ACTOR, reason: null, keep };
  return { ...(await applySources(store, declarations, making)), problems, withheld };
}

/** Returns the ids of sources whose files have mistakes. Such sources must not be retired. */
export function idsOf(problems: readonly SourceProblem[]): Set<string> {
  return new Set(problems.map(({ file }) => basename(file, extname(file))));
}

/**
 * Writes a source's file atomically; returns null, or why it isn't written. `over` is the text that
 * the file must still have; null if there must be no file.
 */
export async function placeFile(
  file: string,
  yaml: string,
  over: string | null = null,
): Promise<string | null> {
  const read = () =>
    readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
  const draft = `${file}.draft`;
  const refusal = (error: unknown) =>
    `${file} can't be written (${String(error)}): put the declaration there by hand`;
  let created: FileHandle;
  try {
    if ((await read()) === yaml) return null;
    await removeAbandoned(draft);
    // Only one process can create the draft, so no other change comes between the check and the
    // rename.
    created = await open(draft, "wx");
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EEXIST";
    return isTaken ? `${file} is being changed: try again in a minute` : refusal(error);
  }
  try {
    try {
      await created.writeFile(yaml);
    } finally {
      await created.close();
    }
    const there = await read();
    if (there === over) {
      await rename(draft, file);
      return null;
    }
    await rm(draft, { force: true });
    return there === null
      ? `${file} is gone`
      : `${file} already exists with other content: edit the file by hand`;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    return refusal(error);
  }
}

async function removeAbandoned(draft: string): Promise<void> {
  const left = await stat(draft).catch(() => null);
  if (left && Date.now() - left.mtimeMs > MAX_WRITING_MS) await rm(draft, { force: true });
}

const SECRET = /^headers\./;

/** Returns the differences by field, with `***` for the values of HTTP headers. */
export function diffSources(before: Source, after: Source): FieldChange[] {
  return Object.keys(Source.shape).flatMap((key) => {
    const field = key as keyof Source;
    return diffValues(key, before[field], after[field]);
  });
}

function diffValues(field: string, before: unknown, after: unknown): FieldChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isWords(before) && isWords(after)) return diffLists(field, before, after);
  const [old, now] = [partsOf(before), partsOf(after)];
  if (old === null && now === null) {
    return [{ field, before: shown(field, before), after: shown(field, after) }];
  }
  const keys = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})]);
  return [...keys].flatMap((key) => diffValues(`${field}.${key}`, old?.[key], now?.[key]));
}

function diffLists(field: string, before: string[], after: string[]): FieldChange[] {
  const gone = before.filter((entry) => !after.includes(entry));
  const come = after.filter((entry) => !before.includes(entry));
  if (gone.length + come.length === 0) {
    return [{ field, before: before.join(", "), after: after.join(", ") }];
  }
  return [
    ...gone.map((entry) => ({ field, before: entry, after: null })),
    ...come.map((entry) => ({ field, before: null, after: entry })),
  ];
}

function isWords(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function partsOf(value: unknown): Record<string, unknown> | null {
  if (typeof value !== "object" || value === null || value instanceof Date) return null;
  return Object.fromEntries(Object.entries(value));
}

function shown(field: string, value: unknown): string | null {
  if (value === undefined) return null;
  if (SECRET.test(field)) return "***";
  if (typeof value === "number" && isDuration(field)) return formatDuration(value);
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function planSources(
  records: readonly SourceRecord[],
  declarations: readonly Declared[],
  keep: ReadonlySet<string>,
): SourcePlan {
  const known = new Map(records.map((record) => [record._id, record]));
  const ids = new Set(declarations.map(({ source }) => source.id));
  const retire = records
    .filter(({ _id, active }) => active && !ids.has(_id) && !keep.has(_id))
    .map(({ _id, name }) => ({ id: _id, name }));
  const change: SourcePlan["change"][number][] = [];
  const add: SourcePlan["add"][number][] = [];
  for (const { source, checksum } of declarations) {
    const { id, name } = source;
    const record = known.get(id);
    if (!record?.active) add.push({ id, name, back: record !== undefined });
    else if (record.checksum !== checksum) {
      // The first run sets `verified`.
      const fields = diffSources({ ...record, verified: source.verified }, source);
      change.push({ id, name, fields });
    }
  }
  return { retire, change, add };
}
