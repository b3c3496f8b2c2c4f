import type { Source, SourceRecord } from "../../model/source.ts";
import type { Declared, FieldChange, SourcePlan } from "../../model/version.ts";
import { diffSources } from "./diff-sources.ts";

/** Compares what the store has with what is declared; sources that `keep` names are not retired. */
export function planSources(
  records: readonly SourceRecord[],
  declarations: readonly Declared[],
  keep: ReadonlySet<string>,
): SourcePlan {
  const known = new Map(records.map((record) => [record._id, record]));
  const named = new Set(declarations.map(({ source }) => source.id));
  const retire = records
    .filter(({ _id, active }) => active && !named.has(_id) && !keep.has(_id))
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

/** A first run verifies a source, whatever its file says. */
function diffOf(record: SourceRecord, source: Source): FieldChange[] {
  return diffSources({ ...record, verified: source.verified }, source);
}
