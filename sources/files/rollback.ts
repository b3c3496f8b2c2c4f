import { readFile, rm } from "node:fs/promises";
import { declared } from "../../model/version.ts";
import { noted } from "../../store/audit.ts";
import { declareSource, retireSource } from "../../store/declare.ts";
import { getSource } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { getVersion } from "../../store/versions.ts";
import { draftSource } from "./draft-source.ts";
import { placeFile } from "./file.ts";

/** Who asks for it, and why. */
interface Asked {
  by: string;
  reason: string;
}

/** What came of it: what was done and what happens next, or why it wasn't, in words. */
export type Outcome = { done: string; next?: string } | { problem: string };

/**
 * Declares a source as an earlier version did, as its next version; `file` is its file, which is written
 * too. Refuses when the file says something that was never applied.
 */
export async function rollback(
  { store, file, now }: { store: Store; file: string; now: Date },
  { id, version }: { id: string; version: number },
  { by, reason }: Asked,
): Promise<Outcome> {
  const [record, wanted] = await Promise.all([
    getSource(store, id),
    getVersion(store, id, version),
  ]);
  if (!record) return { problem: `there is no source ${id}` };
  if (!wanted) return { problem: `version ${version} of ${id} isn't kept` };
  if (wanted.yaml === null) return { problem: `version ${version} of ${id} is its retirement` };
  const draft = draftSource(wanted.yaml, null);
  if ("problems" in draft) {
    return { problem: `version ${version} can't be read any more: ${draft.problems.join("; ")}` };
  }
  const declaration = declared(draft.source, wanted.yaml);
  if (record.active && record.checksum === declaration.checksum) {
    return { problem: `${id} says what version ${version} said already` };
  }
  const there = await readFile(file, "utf8").catch(() => null);
  if (there !== null && (there !== (await textOf(store, record)) || !record.active)) {
    return {
      problem: `${file} says something that isn't applied: newsgather sources plan shows it`,
    };
  }
  const { yaml } = wanted;
  const detail = `to version ${version}`;
  const entry = { at: now, by, action: "source.rollback", subject: id, reason, detail };
  return noted(store, entry, async (): Promise<Outcome> => {
    const refused = await placeFile(file, yaml, there);
    if (refused) return { problem: refused };
    const making = { at: now, by, reason };
    if (!(await declareSource(store, record, declaration, making))) {
      return { problem: `${id} was changed at the same moment: look again` };
    }
    return { done: `${id} says what version ${version} said, as version ${record.version + 1}` };
  });
}

/** Retires a source and removes its file, whose text its last version keeps. */
export async function retire(
  { store, file, now }: { store: Store; file: string; now: Date },
  id: string,
  { by, reason }: Asked,
): Promise<Outcome> {
  const record = await getSource(store, id);
  if (!record?.active) return { problem: `there is no active source ${id}` };
  const there = await readFile(file, "utf8").catch(() => null);
  if (there !== null && there !== (await textOf(store, record))) {
    return {
      problem: `${file} says something that isn't applied: newsgather sources plan shows it`,
    };
  }
  const entry = { at: now, by, action: "source.retire", subject: id, reason };
  return noted(store, entry, async (): Promise<Outcome> => {
    await rm(file, { force: true });
    if (!(await retireSource(store, record, { at: now, by, reason }))) {
      return { problem: `${id} was changed at the same moment: look again` };
    }
    const back = `newsgather sources rollback ${id} ${record.version} --reason WHY`;
    return { done: `${id} is retired, its archive stays`, next: `${back} brings it back` };
  });
}

async function textOf(
  store: Store,
  { _id, version }: { _id: string; version: number },
): Promise<string | null> {
  return (await getVersion(store, _id, version))?.yaml ?? null;
}
