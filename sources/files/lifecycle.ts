import { readFile, rm } from "node:fs/promises";
import { blankArticles, hideArticles, removeKeys } from "../../articles/erasure/blank.ts";
import { repairStories } from "../../articles/stories/repair.ts";
import { chunksOf } from "../../lib/async.ts";
import type { Author } from "../../model/operations/audit.ts";
import { declared } from "../../model/sources/version.ts";
import { addTombstones } from "../../store/articles/articles.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { findIn } from "../../store/queries.ts";
import {
  articleIdsOf,
  getSource,
  hasArticles,
  linkIdsOf,
  removeSource,
  stopSource,
} from "../../store/sources/sources.ts";
import { declareSource, getVersion, retireSource } from "../../store/sources/versions.ts";
import type { Store } from "../../store/store.ts";
import { placeFile } from "./apply.ts";
import type { SourcePlace } from "./edit.ts";
import { draftSource } from "./load.ts";

/** What was done and, in some cases, what to do next; or the problem that prevented it. */
export type Outcome = { done: string; next?: string } | { problem: string };

/** Restores an earlier version as a new version. Refuses if the file has unapplied changes. */
export async function rollback(
  { store, file, now }: SourcePlace,
  { id, version }: { id: string; version: number },
  { actor, reason }: Author,
): Promise<Outcome> {
  const [record, wanted] = await Promise.all([
    getSource(store, id),
    getVersion(store, id, version),
  ]);
  if (!record) return { problem: `there is no source ${id}` };
  if (!wanted) return { problem: `version ${version} of ${id} isn't stored` };
  if (wanted.yaml === null)
    return {
      problem: `version ${version} of ${id} retired the source, so there is no file to restore`,
    };
  const draft = draftSource(wanted.yaml, null);
  if ("problems" in draft) {
    return { problem: `version ${version} can't be read any more: ${draft.problems.join("; ")}` };
  }
  const declaration = declared(draft.source, wanted.yaml);
  if (record.active && record.checksum === declaration.checksum) {
    return { problem: `${id} already has the content of version ${version}` };
  }
  const there = await readFile(file, "utf8").catch(() => null);
  if (there !== null && (there !== (await storedYaml(store, record)) || !record.active)) {
    return unapplied(file);
  }
  const { yaml } = wanted;
  const what = { action: "source.rollback", subject: id, detail: `to version ${version}` };
  return runAudited(store, { actor, now, reason }, what, async (): Promise<Outcome> => {
    const refused = await placeFile(file, yaml, there);
    if (refused) return { problem: refused };
    const making = { at: now, actor, reason };
    if (!(await declareSource(store, record, declaration, making))) {
      return lostRace(id, await putBack(file, there, yaml));
    }
    return { done: `version ${version} of ${id} is restored as version ${record.version + 1}` };
  });
}

/** Retires a source and removes its file. Refuses if the file has unapplied changes. */
export async function retire(
  { store, file, now }: SourcePlace,
  id: string,
  { actor, reason }: Author,
): Promise<Outcome> {
  const record = await getSource(store, id);
  if (!record?.active) return { problem: `there is no active source ${id}` };
  const there = await readFile(file, "utf8").catch(() => null);
  if (there !== null && there !== (await storedYaml(store, record))) return unapplied(file);
  const what = { action: "source.retire", subject: id };
  return runAudited(store, { actor, now, reason }, what, async (): Promise<Outcome> => {
    await rm(file, { force: true });
    if (!(await retireSource(store, record, { at: now, actor, reason }))) {
      // If somebody else has retired the source, its file stays removed.
      const isActive = (await getSource(store, id))?.active === true;
      return lostRace(id, isActive ? await putBack(file, there, null) : null);
    }
    const back = `newsgather sources rollback ${id} ${record.version} --reason WHY`;
    return { done: `${id} is retired; its archive stays`, next: `${back} restores the source` };
  });
}

async function putBack(
  file: string,
  before: string | null,
  after: string | null,
): Promise<string | null> {
  if (before !== null) return placeFile(file, before, after);
  if ((await readFile(file, "utf8").catch(() => null)) === after) await rm(file, { force: true });
  return null;
}

function unapplied(file: string): Outcome {
  return { problem: `${file} has unapplied changes: \`newsgather sources plan\` shows them` };
}

function lostRace(id: string, unrestored: string | null): Outcome {
  const lost = `somebody else changed ${id} at the same time: check that change, then try again`;
  return { problem: unrestored ?? lost };
}

async function storedYaml(
  store: Store,
  { _id, version }: { _id: string; version: number },
): Promise<string | null> {
  return (await getVersion(store, _id, version))?.yaml ?? null;
}

const DELETION_BATCH_SIZE = 100;

/**
 * Deletes a source with all its data. Refuses if a run is open or, without `purge`, if the source
 * has articles. With `purge`, retracts the articles from the stream.
 */
export async function deleteSource(
  { store, file, now }: { store: Store; file: string; now: () => Date },
  id: string,
  { actor, reason, purge }: { actor: string; reason: string; purge: boolean },
): Promise<Outcome> {
  const source = await getSource(store, id);
  if (!source) return { problem: `there is no source ${id}` };
  const running = {
    problem: `${id} has an open run: pause the source, and try again when the run has finished`,
  };
  if (source.openRunId) return running;
  if (!purge && (await hasArticles(store, id))) {
    const instead = `newsgather sources retire ${id} keeps the articles, --purge removes them`;
    return { problem: `${id} has articles: ${instead}` };
  }
  const what = { action: "source.delete", subject: id };
  const stop = () => stopSource(store, id);
  if (!(await runAudited(store, { actor, now: now(), reason }, what, stop))) return running;
  await rm(file, { force: true });
  const articles = await articleIdsOf(store, id);
  for (const ids of chunksOf(articles, DELETION_BATCH_SIZE)) {
    await purgeArticles(store, ids, { actor, reason, now });
  }
  const links = await linkIdsOf(store, id);
  for (const ids of chunksOf(links, DELETION_BATCH_SIZE)) await removeKeys(store, ids);
  await removeSource(store, id);
  return { done: `${id} was deleted; articles deleted with it: ${articles.length}` };
}

async function purgeArticles(
  store: Store,
  ids: string[],
  { actor, reason, now }: { actor: string; reason: string; now: () => Date },
): Promise<void> {
  const aliases = await findIn(store.collections.aliases, "articleId", ids);
  const keys = [...new Set([...ids, ...aliases.map(({ _id }) => _id)])];
  const stone = { kind: "purged" as const, at: now(), reason, actor };
  const stones = keys.map((_id) => ({ _id, ...stone }));
  await addTombstones(store, stones);
  await hideArticles(store, ids, now());
  await repairStories(store, ids, now);
  await removeKeys(store, keys);
  await blankArticles(store, ids, now());
}
