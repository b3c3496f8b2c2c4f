import { join } from "node:path";
import { stringify } from "yaml";
import { ProblemError } from "../../model/problem.ts";
import { declared } from "../../model/sources/version.ts";
import { repairMoved } from "../../sources/discovery/moved.ts";
import { applySources, idsOf, noteApplied } from "../../sources/files/apply.ts";
import { applyEdits, editSources, patchSource } from "../../sources/files/edit.ts";
import { planImport, writeImported } from "../../sources/files/import.ts";
import { addSource, type Outcome, retire, rollback } from "../../sources/files/lifecycle.ts";
import {
  formatProblem,
  type KnownFiles,
  loadSources,
  parseSource,
} from "../../sources/files/load.ts";
import { diffSources, planSources } from "../../sources/files/plan.ts";
import { getSource, listSources } from "../../store/sources/sources.ts";
import type { AdminActions } from "../../web/admin/actions.ts";
import type { Declarations } from "../../web/admin/deps.ts";
import type { SourceActions } from "../../web/server/actions.ts";
import type { Deps } from "../../workers/deps.ts";
import { readTopics } from "./topics.ts";

/** What is done with declarations of sources. */
export type SourceActionNames =
  | "applySources"
  | "importSources"
  | "editSources"
  | "rollbackSource"
  | "retireSource"
  | "repair";

interface Options {
  sourcesDir: string;
  topics: ReadonlySet<string>;
}

/** What the operators' pages read of the sources' files. */
export function declarationsOf(
  { store }: Pick<Deps, "store">,
  { sourcesDir, topics }: Options,
): Declarations {
  const known: KnownFiles = new Map();
  const load = () => readFiles({ sourcesDir, topics }, known);
  return {
    diff: diffSources,
    async opml() {
      const [{ declarations }, { toOpml }] = await Promise.all([
        load(),
        import("../../sources/files/opml.ts"),
      ]);
      return toOpml(declarations, "Sources of Newsgather");
    },
    async plan() {
      const { declarations, problems } = await load();
      const plan = planSources(await listSources(store), declarations, idsOf(problems));
      return { plan, problems: problems.map(formatProblem) };
    },
  };
}

/** Reads the sources' files; throws a problem where their folder can't be read. */
async function readFiles({ sourcesDir, topics }: Options, known?: KnownFiles) {
  try {
    return await loadSources(sourcesDir, topics, null, known);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const detail = `The folder of the sources' files can't be read (${String(error.code)}): see NEWSGATHER_SOURCES_DIR.`;
    throw new ProblemError(400, "not-possible", detail);
  }
}

/** Path of the file of a source, there or not. */
export async function fileIn({ sourcesDir, topics }: Options, id: string): Promise<string> {
  return (await readFiles({ sourcesDir, topics })).files.get(id) ?? join(sourcesDir, `${id}.yaml`);
}

/** What the operators' pages can do with declarations of sources. */
export function sourceActions(
  { store, now }: Pick<Deps, "store" | "now">,
  options: Options,
): Pick<AdminActions, SourceActionNames> & Pick<SourceActions, "addSource" | "changeSource"> {
  const { sourcesDir, topics } = options;
  const fileOf = (id: string) => fileIn(options, id);
  return {
    async applySources(retiring, { by, reason }) {
      const { declarations, problems } = await readFiles(options);
      if (problems.length > 0) throw refused(problems.map(formatProblem).join("\n"));
      const planned = planSources(await listSources(store), declarations, new Set());
      if (planned.retire.length > 0 && !retiring) {
        const ids = planned.retire.map(({ id }) => id).join(", ");
        throw refused(`Sources would be retired: ${ids}. Say that this is meant.`);
      }
      const making = { at: now(), by, reason };
      const done = await applySources(store, declarations, { ...making, keep: new Set() });
      await noteApplied(store, done, making);
      return `${done.retire.length} retired, ${done.change.length} changed, ${done.add.length} added`;
    },
    async importSources(text, format, dryRun) {
      const { readImport } = await import("../../sources/files/read-import.ts");
      const { drafts, problems } = readImport(text, format, await readTopics());
      if (problems.length > 0) throw refused(problems.join("\n"));
      const { sources } = await readFiles(options);
      const planned = planImport(drafts, sources, topics);
      const rows = dryRun ? planned : await writeImported(sourcesDir, planned);
      return rows.map(({ where, id, fate, why }) => ({ where, id, fate, why }));
    },
    async editSources(edit, asked) {
      const { declarations, files, problems: mistakes } = await readFiles(options);
      const { edited, problems } = editSources(declarations, files, edit, topics);
      const all = [...mistakes.map(formatProblem), ...problems];
      if (all.length > 0) throw refused(all.join("\n"));
      const failed = asked ? await applyEdits(store, edited, { at: now(), ...asked }) : [];
      if (failed.length > 0) throw refused(failed.join("\n"));
      return edited.map(({ id, name, fields }) => ({ id, name, fields }));
    },
    async addSource(declaration, asked) {
      const yaml = stringify(declaration);
      const { id } = declaration;
      const { files } = await readFiles(options);
      if (files.has(String(id))) {
        const detail = `There is a source "${String(id)}" already: change it, or give this one another id.`;
        throw new ProblemError(409, "name-taken", detail);
      }
      const read = parseSource(yaml, `${String(id)}.yaml`, topics, new Map());
      requireCorrect(read.problems.map(({ path, message }) => `${path}: ${message}`));
      if (!read.source) throw refused("This is no source.");
      const file = join(sourcesDir, `${read.source.id}.yaml`);
      const outcome = await addSource(
        { store, file, now: now() },
        declared(read.source, yaml),
        asked,
      );
      if ("problem" in outcome) throw new ProblemError(409, "not-possible", outcome.problem);
    },
    async changeSource(id, patch, asked) {
      const [{ declarations, files }, record] = await Promise.all([
        readFiles(options),
        getSource(store, id),
      ]);
      const declaration = declarations.find(({ source }) => source.id === id);
      if (!declaration || declaration.checksum !== record?.checksum) {
        const detail = `The file of ${id} is gone, has a mistake, or says something that isn't applied: newsgather sources plan shows it.`;
        throw new ProblemError(409, "not-applied", detail);
      }
      const file = files.get(id) ?? join(sourcesDir, `${id}.yaml`);
      const { edited, problems } = patchSource(declaration, patch, { file, topics });
      requireCorrect(problems);
      if (!edited) return;
      const failed = await applyEdits(store, [edited], { at: now(), ...asked });
      if (failed.length > 0) throw new ProblemError(409, "not-possible", failed.join(" "));
    },
    async rollbackSource(id, version, asked) {
      const file = await fileOf(id);
      return toldOf(await rollback({ store, file, now: now() }, { id, version }, asked));
    },
    async repair(id, asked) {
      return toldOf(await repairMoved({ store, file: await fileOf(id), now: now() }, id, asked));
    },
    async retireSource(id, asked) {
      return toldOf(await retire({ store, file: await fileOf(id), now: now() }, id, asked));
    },
  };
}

function toldOf(outcome: Outcome): string {
  if ("problem" in outcome) throw refused(outcome.problem);
  const { done, next } = outcome;
  return next === undefined ? done : `${done}; ${next}`;
}

function requireCorrect(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new ProblemError(400, "invalid-source", `${problems.join(". ")}.`);
}

function refused(problem: string): ProblemError {
  return new ProblemError(400, "not-possible", problem);
}
