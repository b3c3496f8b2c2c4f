import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, jsonOf } from "../../../lib/text.ts";
import { ProblemError } from "../../../model/problem.ts";
import type { Preview } from "../../../model/sources/preview.ts";
import { type Source, type SourceRecord, withoutSecrets } from "../../../model/sources/source.ts";
import {
  checkSourceDraft,
  type FormField,
  formValues,
  hideSecrets,
  mergeDraft,
  mergeSecrets,
  restoreSecrets,
  type SourceDraft,
  secretsIn,
  sourceFormFields,
} from "../../../sources/files/form.ts";
import { getPreview } from "../../../store/sources/previews.ts";
import { getSource } from "../../../store/sources/sources.ts";
import { getVersion, readVersions } from "../../../store/sources/versions.ts";
import type { Store } from "../../../store/store.ts";
import { ASSETS } from "../../assets.ts";
import { acceptsPages } from "../../auth/access.ts";
import { formToken } from "../../auth/form.ts";
import { options } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, type PageContent, readQuery } from "../page.ts";
import { sourcePath } from "../tables.ts";
import { type ComparedVersion, changesOf, compareVersions } from "./versions.ts";

const MAX_YAML_CHARS = 100_000;

const Subject = z.object({
  id: z.string().max(63).default(""),
  preview: z.string().max(64).default(""),
});

const Conflicts = z.array(z.object({ path: z.string(), theirs: z.string() }));
type Conflicts = z.output<typeof Conflicts>;

const Typed = Subject.extend({
  version: z.coerce.number().int().min(0),
  yaml: z.string().max(MAX_YAML_CHARS),
  base: z.string().max(MAX_YAML_CHARS),
  conflicts: z.preprocess((text) => jsonOf(String(text)), Conflicts.catch([])),
}).catchall(z.string().max(MAX_YAML_CHARS));

interface Opened {
  id: string;
  preview: string;
  yaml: string;
  secrets: ReturnType<typeof secretsIn>;
  current: Source | null;
  name: string;
  /** `yaml` is based on this version; 0 means that the source didn't exist. */
  version: number;
  currentVersion: number;
  /** These versions were saved after `version`, newest first. */
  since: ComparedVersion[];
}

/**
 * `/admin/source/edit`: a source as a form beside its YAML. Changes in one appear in the other and
 * are checked.
 */
export const editSourcePage: AdminPage = {
  path: "/admin/source/edit",
  title: "Edit a source",
  section: "Sources",
  under: "/admin/sources",
  right: "operate",
  commands: ["newsgather sources edit --where id=ID"],
  async show(request, deps) {
    const opened = await openSubject(deps, readQuery(Subject, request));
    const yaml = hideSecrets(opened.yaml);
    const typed = { yaml, base: yaml, values: formValues(yaml) ?? {} };
    return pageOf(request, opened, checkDraft(deps, opened, typed).draft);
  },
  actions: [
    action("/admin/source/check", "operate", Typed, async (form, deps, _, request) => {
      const { opened, draft, conflicts } = await readTyped(form, deps);
      return pageOf(request, opened, draft, conflicts);
    }),
    action("/admin/source/review", "operate", Typed, async (form, deps, { actor }, request) => {
      const { opened, draft, yaml, conflicts } = await readTyped(form, deps);
      if (opened.since.length > 0 && !acceptsPages(request))
        throw new ProblemError(409, "stale-version", staleText(opened));
      if (!draft.source || opened.since.length > 0)
        return pageOf(request, opened, draft, conflicts);
      // A new source replaces no version.
      const wanted = { yaml, sourceVersion: opened.version || undefined };
      const id = await deps.sites.preview(wanted, actor);
      return { location: `/admin/preview?id=${id}`, done: { id } };
    }),
    action("/admin/source/merge", "operate", Typed, async (form, deps, _, request) => {
      const { opened, draft } = await readTyped(form, deps);
      return mergedPage(request, deps, opened, draft);
    }),
  ],
};

async function mergedPage(
  request: FastifyRequest,
  deps: AdminDeps,
  opened: Opened,
  { yaml: typed }: SourceDraft,
): Promise<PageContent> {
  const { current, version, currentVersion } = opened;
  const [before, now] = await Promise.all([
    yamlOf(deps.store, current, version),
    yamlOf(deps.store, current, currentVersion),
  ]);
  const merged = mergeDraft(typed, before, now);
  const yaml = merged?.yaml ?? typed;
  const { draft } = checkDraft(deps, opened, { yaml, base: yaml, values: formValues(yaml) ?? {} });
  if (!merged) return pageOf(request, opened, draft);
  const upToDate = { ...opened, version: currentVersion, since: [] };
  return pageOf(request, upToDate, draft, merged.conflicts);
}

async function openSubject(
  { store }: Pick<AdminDeps, "store">,
  { id, preview, version }: z.output<typeof Subject> & { version?: number },
): Promise<Opened> {
  if (preview !== "") {
    const found = await getPreview(store, preview);
    if (!found?.yaml) throw new ProblemError(404, "not-found", "This preview no longer exists.");
    const { sourceId, home, yaml } = found;
    const source = sourceId === null ? null : await getSource(store, sourceId);
    const current = source?.active ? source : null;
    const versions = await sinceOpened(store, current, version ?? found.sourceVersion ?? 0);
    const secrets = await secretsOf(store, found, current);
    const name = current?.name ?? sourceId ?? home ?? "a declaration";
    return { id: current?._id ?? "", preview, yaml, secrets, current, name, ...versions };
  }
  const source = await getSource(store, id);
  const yaml = source?.active ? await yamlOf(store, source, source.version) : "";
  if (!source || yaml === "")
    throw new ProblemError(404, "not-found", "There is no such active source.");
  const versions = await sinceOpened(store, source, version ?? source.version);
  const secrets = secretsIn(yaml);
  return { id, preview, yaml, secrets, current: source, name: source.name, ...versions };
}

async function secretsOf(
  store: Store,
  { yaml, sourceVersion }: Pick<Preview, "yaml" | "sourceVersion">,
  current: SourceRecord | null,
): Promise<Opened["secrets"]> {
  const mine = secretsIn(yaml ?? "");
  if (!current || sourceVersion === undefined || sourceVersion === current.version) return mine;
  const [before, theirs] = await Promise.all([
    yamlOf(store, current, sourceVersion),
    yamlOf(store, current, current.version),
  ]);
  return mergeSecrets(mine, secretsIn(before), secretsIn(theirs));
}

/** Returns a version of a declaration; empty if it isn't stored. */
async function yamlOf(store: Store, source: Source | null, version: number): Promise<string> {
  const stored = source && (await getVersion(store, source.id, version));
  return stored?.yaml ?? "";
}

async function sinceOpened(
  store: Store,
  current: SourceRecord | null,
  version: number,
): Promise<Pick<Opened, "version" | "currentVersion" | "since">> {
  if (!current) return { version: 0, currentVersion: 0, since: [] };
  const currentVersion = current.version;
  if (currentVersion === version) return { version, currentVersion, since: [] };
  const versions = compareVersions(await readVersions(store, current._id));
  const since = versions.filter((one) => one.version > version);
  return { version, currentVersion, since };
}

async function readTyped(
  { yaml, base, id, preview, version, conflicts, ...rest }: z.output<typeof Typed>,
  deps: AdminDeps,
): Promise<{ opened: Opened; draft: SourceDraft; yaml: string; conflicts: Conflicts }> {
  const values = Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) =>
      name.startsWith("f.") ? [[name.slice(2), value]] : [],
    ),
  );
  const opened = await openSubject(deps, { id, preview, version });
  const result = checkDraft(deps, opened, { yaml, base, values });
  const open = conflicts.filter(({ path, theirs }) => result.draft.values[path] !== theirs);
  return { opened, ...result, conflicts: open };
}

/**
 * Checks an edit. In the result, `yaml` contains the secret values of headers; `draft` hides them.
 */
function checkDraft(
  { topics }: AdminDeps,
  { id, current, secrets }: Opened,
  typed: Parameters<typeof checkSourceDraft>[0],
): { draft: SourceDraft; yaml: string } {
  const known = new Set(topics.map((topic) => topic.id));
  const shown = current && withoutSecrets(current);
  const about = { id: id === "" ? null : id, current: shown, topics: known };
  const draft = checkSourceDraft(typed, about);
  const restored = restoreSecrets(draft.yaml, secrets);
  if (restored.problems.length === 0) return { draft, yaml: restored.yaml };
  const problems = [...draft.problems, ...restored.problems];
  return { draft: { ...draft, problems, changes: null, source: null }, yaml: restored.yaml };
}

function pageOf(
  request: FastifyRequest,
  opened: Opened,
  draft: SourceDraft,
  conflicts: Conflicts = [],
): PageContent {
  const { id, preview, name, version } = opened;
  const { source: _, ...json } = draft;
  const report = html`${staleReport(opened)}${conflictsReport(conflicts)}${reportOf(opened, draft)}`;
  return {
    json: { ...json, version, report: report.markup },
    html: () => html`<form method="post" action="/admin/source/check" data-source>${formToken(request)}
<input type="hidden" name="id" value="${id}"><input type="hidden" name="preview" value="${preview}"><input type="hidden" name="version" value="${version}"><input type="hidden" name="base" value="${draft.yaml}"><input type="hidden" name="conflicts" value="${JSON.stringify(conflicts)}">
<div class="row row-cards"><div class="col-lg-7">${groups(draft)}</div>
<div class="col-lg-5"><div class="sticky-top"><section class="card card-body"><h2 class="card-title">Source file</h2><label class="form-label">YAML, with your comments <textarea class="form-control" name="yaml" rows="22" spellcheck="false">${draft.yaml}</textarea></label>
<p class="form-hint">Values of headers are shown as ***; keep *** to leave a value unchanged.</p>
<div id="report" role="status">${report}</div>
<div class="btn-list"><button class="btn">Check</button><button class="btn btn-primary" formaction="/admin/source/review">Preview, then save</button></div></section></div></div></div></form>
<script type="module" src="${ASSETS["source-form.js"].path}"></script>`,
    title: `Edit ${name}`,
    lead: html`The form and the YAML show the same declaration: change either. An empty field removes its key, so the default applies.`,
    buttons: html`<a class="btn" href="${id === "" ? `/admin/preview?id=${encodeURIComponent(preview)}` : sourcePath(id)}">Back</a>`,
  };
}

function staleText({ currentVersion, since }: Opened): string {
  const who = [...new Set(since.map(({ actor }) => actor))].join(", ");
  return `${who} changed this source after this form was opened. The source is now version ${currentVersion}.`;
}

function staleReport(opened: Opened): Html | null {
  if (opened.since.length === 0) return null;
  const versions = opened.since.map(
    ({ version, actor, reason, changes }) =>
      html`<p class="mb-1">Version ${version}, ${actor}${reason && `: ${reason}`}</p>${changesOf(changes)}`,
  );
  return html`<div class="alert alert-warning text-body diff" role="alert"><div><p><strong>${staleText(opened)}</strong> What you typed is still here and isn't saved.</p>
${versions}<button class="btn mt-2" formaction="/admin/source/merge">Add these changes to mine</button></div></div>`;
}

function conflictsReport(conflicts: Conflicts): Html | null {
  if (conflicts.length === 0) return null;
  const lines = conflicts.map(
    ({ path, theirs }) =>
      html`<li><code>${path}</code>: the other value is <del>${theirs}</del></li>`,
  );
  return html`<div class="alert alert-warning text-body diff"><div><strong>Another user and you changed these keys. Your values are in the form.</strong><ul class="mb-0">${lines}</ul></div></div>`;
}

function reportOf({ current }: Opened, { problems, changes }: SourceDraft): Html {
  if (problems.length > 0) {
    const lines = problems.map(
      ({ path, line, message }) =>
        html`<li>${line > 0 && html`line ${line}: `}${path && html`<code>${path}</code>: `}${message}</li>`,
    );
    return html`<div class="alert alert-danger"><ul class="mb-0">${lines}</ul></div>`;
  }
  if (!current) return html`<p class="alert alert-success">No mistakes.</p>`;
  if (!changes || changes.length === 0)
    return html`<p class="text-secondary">Nothing is changed yet.</p>`;
  return html`<div class="alert alert-info diff"><div><strong>What would change</strong>${changesOf(changes)}</div></div>`;
}

/** The group without keys gets all other fields. */
const GROUPS: readonly (readonly [title: string, keys: readonly string[]])[] = [
  ["What the source is", ["id", "name", "home", "language", "country", "region"]],
  ["Where news is announced", ["feeds", "sitemaps", "listings"]],
  ["When the source is fetched", ["schedule", "paused"]],
  ["How the source is fetched", ["render", "pace", "headers", "proxy", "login", "ignoreRobots"]],
  ["Which pages count", ["include", "exclude", "allowHosts", "firstRun"]],
  ["How pages are read", ["select"]],
  ["Topics and trust", ["topics", "keepTopics", "trust", "relevance"]],
  ["What is published", []],
];

function groups(draft: SourceDraft): Html[] {
  const grouped = new Set(GROUPS.flatMap(([, keys]) => keys));
  return GROUPS.map(([title, keys], n) => {
    const own = sourceFormFields().filter(({ path }) => {
      const [first = ""] = path.split(".");
      return keys.length > 0 ? keys.includes(first) : !grouped.has(first);
    });
    const isOpen = n < 2 || own.some((field) => problemsOf(field, draft) !== "");
    const filled = own.filter(({ path }) => (draft.values[path] ?? "") !== "").length;
    return html`<details class="card mb-3"${isOpen && html` open`}><summary class="card-header flex-wrap"><h2 class="card-title">${title}</h2><span class="text-secondary ms-2">${filled} of ${own.length} set</span></summary><div class="card-body">${own.map((field) => control(field, draft))}</div></details>\n`;
  });
}

function problemsOf({ path }: FormField, { problems }: SourceDraft): string {
  const own = problems.filter((one) => one.path === path || one.path.startsWith(`${path}.`));
  return own.map(({ message }) => message).join("; ");
}

function control(field: FormField, draft: SourceDraft): Html {
  const { path, type, meaning, choices, keys } = field;
  const value = draft.values[path] ?? "";
  const wrong = problemsOf(field, draft);
  const id = `f-${path.replaceAll(".", "-")}`;
  const common = html` id="${id}" name="f.${path}" aria-describedby="${id}-hint ${id}-problem"${wrong && html` aria-invalid="true"`}`;
  const invalid = wrong && " is-invalid";
  const box =
    type === "choice"
      ? html`<select class="form-select${invalid}"${common}><option value=""></option>${options(choices, value)}</select>`
      : type === "lines" || type === "yaml"
        ? html`<textarea class="form-control${invalid}" rows="${Math.min(12, Math.max(2, value.split("\n").length + 1))}" spellcheck="false"${common}>${value}</textarea>`
        : html`<input class="form-control${invalid}" value="${value}"${type === "number" && html` inputmode="decimal"`}${common}>`;
  const hows: Partial<Record<typeof type, string>> = { lines: " One per line.", yaml: " As YAML." };
  const fallback = field.default && html` Default: <code>${field.default}</code>.`;
  const help =
    keys.length > 0 &&
    html`<details><summary>Its keys</summary><dl>${keys.map((key) => html`<dt><code>${key.path}</code></dt><dd class="ms-3">${sentence(key.meaning)}${key.default && html` Default: <code>${key.default}</code>.`}</dd>`)}</dl></details>`;
  return html`<div class="mb-3"><label class="form-label" for="${id}">${path}</label>${box}<div class="invalid-feedback" id="${id}-problem">${wrong}</div><div class="form-hint" id="${id}-hint">${sentence(meaning)}${hows[type]}${fallback}</div>${help}</div>\n`;
}

function sentence(text: string): string {
  return text === "" || text.endsWith(".") ? text : `${text}.`;
}
