import { formatDuration } from "../../lib/time.ts";
import { Source, type SourceRecord } from "../../model/sources/source.ts";
import type { Declared, FieldChange, SourcePlan } from "../../model/sources/version.ts";

const DURATIONS = /^(schedule\.(every|adaptive\.(min|max))|pace\.delay)$/;
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
  if (typeof value === "number" && DURATIONS.test(field)) return formatDuration(value);
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
    else if (record.checksum !== checksum)
      change.push({ id, name, fields: diffOf(record, source) });
  }
  return { retire, change, add };
}

/** Ignores `verified`, which the first run sets. */
function diffOf(record: SourceRecord, source: Source): FieldChange[] {
  return diffSources({ ...record, verified: source.verified }, source);
}
