import type { Declared, SourcePlan } from "../../model/version.ts";
import { note } from "../../store/audit.ts";
import { declareSource, type Making, retireSource } from "../../store/declare.ts";
import { listSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { keepVersion, keptVersions } from "../../store/versions.ts";
import { planSources } from "./plan-sources.ts";

/** The daemon, as who makes versions when it reads the files at its start. */
export const START = "start";

/**
 * Makes the store's sources what is declared, and answers what that changed: new ones are due at once,
 * changed ones get the next version, those that no file names are retired unless `keep` does. Run as
 * often as wanted, by several at once.
 */
export async function applySources(
  store: Store,
  declarations: readonly Declared[],
  { keep, ...making }: Making & { keep: ReadonlySet<string> },
): Promise<SourcePlan> {
  const records = await listSources(store);
  const known = new Map(records.map((record) => [record._id, record]));
  const plan = planSources(records, declarations, keep);
  const changing = new Set([...plan.change, ...plan.add].map(({ id }) => id));
  await keepUnkept(store, declarations, known, making);
  for (const { id } of plan.retire) {
    const record = known.get(id);
    if (record) await retireSource(store, record, making);
  }
  for (const declaration of declarations) {
    const { id } = declaration.source;
    if (changing.has(id)) await declareSource(store, known.get(id), declaration, making);
  }
  return plan;
}

/** Versions from before they were kept: the file still tells what they said. */
async function keepUnkept(
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
  const kept = await keptVersions(store, ids);
  for (const version of present) {
    if (kept.has(`${version.sourceId}:${version.version}`)) continue;
    await keepVersion(store, { ...version, at, by: START, reason: null });
  }
}

/** Notes in the audit log what was applied. */
export async function noteApplied(
  store: Store,
  plan: SourcePlan,
  { at, by, reason }: Making,
): Promise<void> {
  const verbs = { retire: plan.retire, change: plan.change, add: plan.add };
  for (const [verb, sources] of Object.entries(verbs)) {
    for (const { id } of sources) {
      await note(store, { at, by, action: `source.${verb}`, subject: id, reason });
    }
  }
}
