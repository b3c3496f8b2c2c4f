import { join } from "node:path";
import { stringify } from "yaml";
import type { Topic } from "../../config/topics.ts";
import type { Author } from "../../model/operations/audit.ts";
import { notPossible, ProblemError } from "../../model/problem.ts";
import { declared, type SourcePlan } from "../../model/sources/version.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { getSource, listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { applySources, idsOf, placeFile, planSources } from "./apply.ts";
import { fromCsv } from "./csv.ts";
import { applyEdits, type Edit, editSources, patched, planEdit, type SourcePlace } from "./edit.ts";
import { type Drafts, type ImportRow, planImport, writeImported } from "./import.ts";
import type { Outcome } from "./lifecycle.ts";
import {
  formatProblem,
  type KnownFiles,
  type LoadedSources,
  loadSources,
  parseSource,
  type SourceProblem,
} from "./load.ts";

export interface ManageDeps {
  store: Store;
  now: () => Date;
  sourcesDir: string;
  topics: readonly Topic[];
}

type Declaration = Readonly<Record<string, unknown>>;

const knownFiles = new WeakMap<readonly Topic[], KnownFiles>();

/** Reads all source files. Throws a `ProblemError` if their folder can't be read. */
export async function readSourceFiles({ sourcesDir, topics }: ManageDeps): Promise<LoadedSources> {
  const known: KnownFiles = knownFiles.get(topics) ?? new Map();
  knownFiles.set(topics, known);
  try {
    return await loadSources(sourcesDir, idSet(topics), null, known);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw notPossible(
      `The folder of the source files can't be read (${String(error.code)}): check NEWSGATHER_SOURCES_DIR.`,
    );
  }
}

export async function addSource(
  deps: ManageDeps,
  declaration: Declaration,
  author: Author,
): Promise<void> {
  await addSourceFile(deps, stringify(declaration), { id: String(declaration["id"]), ...author });
}

/**
 * Writes and applies a new source's file, and returns the file's path. Throws a `ProblemError` for
 * a mistake, or if the source already has a file.
 */
export async function addSourceFile(
  deps: ManageDeps,
  yaml: string,
  { id, detail, ...author }: { id: string; actor: string; reason: string | null; detail?: string },
): Promise<string> {
  const { store, sourcesDir, topics, now } = deps;
  const [{ declarations, files }, record] = await Promise.all([
    readSourceFiles(deps),
    getSource(store, id),
  ]);
  // An earlier attempt can have written the file without applying it.
  const isSame = declarations.some(({ source, yaml: text }) => source.id === id && text === yaml);
  if (files.has(id) && (record?.active || !isSame)) {
    const problem = `The source "${id}" already exists: change that source, or give the new one another id.`;
    throw new ProblemError(409, "name-taken", problem);
  }
  const read = parseSource(yaml, `${id}.yaml`, idSet(topics));
  requireCorrect(read.problems);
  if (!read.source) throw notPossible("This declaration isn't a valid source.");
  const file = files.get(id) ?? join(sourcesDir, `${id}.yaml`);
  const declaration = declared(read.source, yaml);
  const at = now();
  const what = { action: "source.add", subject: id, detail };
  const { problem } = await runAudited(store, { ...author, now: at }, what, async () => {
    const refused = await placeFile(file, yaml);
    if (refused) return { problem: refused };
    const keep = new Set((await listSources(store)).map(({ _id }) => _id));
    await applySources(store, [declaration], { at, ...author, keep });
    return { problem: null };
  });
  if (problem !== null) throw new ProblemError(409, "not-possible", problem);
  return file;
}

/**
 * Changes fields of a source and its file. A null in `patch` removes the field (RFC 7396). Throws a
 * `ProblemError` if the change isn't possible.
 */
export async function changeSource(
  deps: ManageDeps,
  id: string,
  patch: Declaration,
  author: Author,
): Promise<void> {
  await rewrite(deps, id, (yaml) => patched(yaml, patch), author);
}

/**
 * Replaces a source's file and applies it. Throws a `ProblemError` if nothing changes or the change
 * isn't possible.
 */
export async function replaceSource(
  deps: ManageDeps,
  id: string,
  yaml: string,
  author: Author,
): Promise<void> {
  const isChanged = await rewrite(deps, id, () => yaml, author);
  if (!isChanged) throw notPossible(`Nothing changes: ${id} already has these values.`);
}

async function rewrite(
  deps: ManageDeps,
  id: string,
  change: (yaml: string) => string,
  author: Author,
): Promise<boolean> {
  const { store, now, topics, sourcesDir } = deps;
  const [{ declarations, files }, record] = await Promise.all([
    readSourceFiles(deps),
    getSource(store, id),
  ]);
  const declaration = declarations.find(({ source }) => source.id === id);
  if (!declaration || declaration.checksum !== record?.checksum) {
    const detail = `The file of ${id} is missing, has a mistake or has unapplied changes. Run \`newsgather sources plan\` to see which.`;
    throw new ProblemError(409, "not-applied", detail);
  }
  const file = files.get(id) ?? join(sourcesDir, `${id}.yaml`);
  const after = change(declaration.yaml);
  const { edited, problems } = planEdit(declaration, after, { file, topics: idSet(topics) });
  requireCorrect(problems);
  if (!edited) return false;
  const failed = await applyEdits(store, [edited], { at: now(), ...author });
  if (failed.length > 0) throw new ProblemError(409, "not-possible", failed.join(" "));
  return true;
}

export async function planSourceFiles(
  deps: ManageDeps,
): Promise<{ plan: SourcePlan; problems: string[] }> {
  const { declarations, problems } = await readSourceFiles(deps);
  const plan = planSources(await listSources(deps.store), declarations, idsOf(problems));
  return { plan, problems: problems.map(formatProblem) };
}

/**
 * Applies all source files, and returns the numbers of changes as text. Throws a `ProblemError` for
 * a mistake in a file, or if a source would be retired without `retire`.
 */
export async function applySourceFiles(
  deps: ManageDeps,
  { retire: mayRetire }: { retire: boolean },
  { actor, reason }: Author,
): Promise<string> {
  const { store, now } = deps;
  const { declarations, problems } = await readSourceFiles(deps);
  if (problems.length > 0) throw notPossible(problems.map(formatProblem).join("\n"));
  const planned = planSources(await listSources(store), declarations, new Set());
  if (planned.retire.length > 0 && !mayRetire) {
    const ids = planned.retire.map(({ id }) => id).join(", ");
    throw notPossible(`Sources would be retired: ${ids}. Confirm that this is intended.`);
  }
  const making = { at: now(), actor, reason };
  const how = { ...making, keep: new Set<string>(), audit: true };
  const plan = await applySources(store, declarations, how);
  return `${plan.retire.length} retired, ${plan.change.length} changed, ${plan.add.length} added`;
}

/**
 * Parses a CSV or OPML text into drafts of sources. Sources in an OPML folder get the topic that
 * the folder is named after.
 */
export async function readImport(
  text: string,
  format: "csv" | "opml",
  topics: readonly Topic[],
): Promise<Drafts> {
  if (format === "csv") return fromCsv(text);
  const names = topics.flatMap(({ id, name }) =>
    [id, name].map((word) => [word.toLowerCase(), id] as const),
  );
  const { fromOpml } = await import("./opml.ts");
  return fromOpml(text, new Map(names));
}

/**
 * Imports sources from a CSV or OPML text as files. With `dryRun`, writes no file. Throws a
 * `ProblemError` if the text can't be parsed.
 */
export async function importSources(
  deps: ManageDeps,
  { text, format, dryRun }: { text: string; format: "opml" | "csv"; dryRun: boolean },
): Promise<ImportRow[]> {
  const { drafts, problems } = await readImport(text, format, deps.topics);
  if (problems.length > 0) throw notPossible(problems.join("\n"));
  const { sources } = await readSourceFiles(deps);
  const planned = planImport(drafts, sources, idSet(deps.topics));
  return dryRun ? planned : writeImported(deps.sourcesDir, planned);
}

/**
 * Changes the matching sources, and returns the changes. If `author` is null, only returns the
 * changes.
 */
export async function changeSources(
  deps: ManageDeps,
  edit: Edit,
  author: Author | null,
): Promise<SourcePlan["change"]> {
  const { store, now, topics } = deps;
  const { declarations, files, problems: mistakes } = await readSourceFiles(deps);
  const { edited, problems } = editSources(declarations, files, edit, idSet(topics));
  const all = [...mistakes.map(formatProblem), ...problems];
  if (all.length > 0) throw notPossible(all.join("\n"));
  const failed = author ? await applyEdits(store, edited, { at: now(), ...author }) : [];
  if (failed.length > 0) throw notPossible(failed.join("\n"));
  return edited.map(({ id, name, fields }) => ({ id, name, fields }));
}

/**
 * Changes a source and its file with `act`. Returns what was done and what to do next. Throws a
 * `ProblemError` if `act` returns a problem.
 */
export async function changeAtPlace(
  deps: ManageDeps,
  id: string,
  act: (place: SourcePlace) => Promise<Outcome>,
): Promise<string> {
  const { files } = await readSourceFiles(deps);
  const file = files.get(id) ?? join(deps.sourcesDir, `${id}.yaml`);
  const outcome = await act({ store: deps.store, file, now: deps.now() });
  if ("problem" in outcome) throw notPossible(outcome.problem);
  const { done, next } = outcome;
  return next === undefined ? done : `${done}; ${next}`;
}

function requireCorrect(problems: readonly SourceProblem[]): void {
  if (problems.length === 0) return;
  const words = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  throw new ProblemError(400, "invalid-source", `${words.join(". ")}.`);
}

function idSet(topics: readonly Topic[]): Set<string> {
  return new Set(topics.map(({ id }) => id));
}
