import type { Parser } from "../../articles/reading/parser.ts";
import type { Author } from "../../model/operations/audit.ts";
import { notPossible, ProblemError } from "../../model/problem.ts";
import type { PickerField, Proposal, Trial } from "../../model/sources/selector-picker.ts";
import { getPreview } from "../../store/sources/previews.ts";
import { getSource, recordOf } from "../../store/sources/sources.ts";
import { type SourcePlace, withSelector } from "../files/edit.ts";
import { draftSource } from "../files/load.ts";
import { changeAtPlace, type ManageDeps } from "../files/manage.ts";
import type { SiteJobs } from "../site-jobs.ts";
import { archivedPages, hintedOf, previewPages, type StoredPage, tallyOf } from "./pages.ts";
import { tryField, useSelector } from "./trial.ts";

/** Where to pick a selector: on a preview's stored pages, or on a source's archived pages. */
export type PickerSubject = { preview: string } | { source: string };

export interface PickerDeps extends ManageDeps {
  sites: Pick<SiteJobs, "preview">;
  openParser: () => Promise<Parser>;
}

async function openSubject({ store, now }: PickerDeps, subject: PickerSubject) {
  if ("source" in subject) {
    const source = await getSource(store, subject.source);
    if (!source) throw missing("There is no such source.");
    return { source, yaml: null, pages: await archivedPages(store, subject.source, now()) };
  }
  const preview = await getPreview(store, subject.preview);
  if (!preview?.yaml) throw missing("This preview no longer exists.");
  const draft = draftSource(preview.yaml, null);
  if ("problems" in draft) throw notPossible(draft.problems.join("\n"));
  return {
    source: recordOf(draft.source),
    yaml: preview.yaml,
    pages: await previewPages(preview),
  };
}

export async function listPages(
  deps: PickerDeps,
  subject: PickerSubject,
): Promise<{ name: string; pages: { url: string; at: Date }[] }> {
  const { source, pages } = await openSubject(deps, subject);
  return { name: source.name, pages: pages.map(({ url, at }) => ({ url, at })) };
}

/** Returns page `n` (from 0) as HTML with numbered elements; null if there is no such page. */
export async function markPage(
  deps: PickerDeps,
  subject: PickerSubject,
  n: number,
): Promise<string | null> {
  const page = (await openSubject(deps, subject)).pages[n];
  if (!page) return null;
  const { body, contentType, finalUrl: url } = page;
  return (await deps.openParser()).numberElements({ body, contentType, url });
}

/** Returns selectors for a field, best first. */
export async function proposeFor(
  deps: PickerDeps,
  subject: PickerSubject,
  clicked: PickedElement,
): Promise<Proposal[]> {
  const { source, pages } = await openSubject(deps, subject);
  const parser = await deps.openParser();
  return proposeSelectors({ parser }, pages, clicked, source.language ?? null);
}

/** Returns what a selector would change on each stored page. */
export async function trySelector(
  deps: PickerDeps,
  subject: PickerSubject,
  choice: { field: PickerField; selector: string },
): Promise<Trial> {
  const { source, pages } = await openSubject(deps, subject);
  return tryField({ parser: await deps.openParser() }, source, pages, choice);
}

/** Adds a selector: for a preview, starts a new preview; for a source, stores its next version. */
export async function applySelector(
  deps: PickerDeps,
  subject: PickerSubject,
  { field, selector, ...author }: { field: PickerField; selector: string } & Author,
): Promise<{ previewId: string } | { done: string }> {
  const { source, yaml, pages } = await openSubject(deps, subject);
  if (yaml !== null) {
    const changed = withSelector(yaml, { field, selector, from: null });
    const draft = draftSource(changed, null);
    if ("problems" in draft) throw notPossible(draft.problems.join("\n"));
    return { previewId: await deps.sites.preview({ yaml: changed }, author.actor) };
  }
  const parser = await deps.openParser();
  const trial = await tryField({ parser }, source, pages, { field, selector });
  const { _id: id } = source;
  const use = (place: SourcePlace) => useSelector(place, id, trial, author);
  return { done: await changeAtPlace(deps, id, use) };
}

function missing(problem: string): ProblemError {
  return new ProblemError(404, "not-found", problem);
}

/**
 * A click on element `at` of page `n` (from 0), to pick a field. If `at` is null, the parser
 * searches the page for the field.
 */
export interface PickedElement {
  n: number;
  field: PickerField;
  at: number | null;
}

const MAX_PROPOSALS = 8;

/**
 * Returns up to eight selectors for a field, best first. The best agree with the entry points on
 * the most pages.
 */
export async function proposeSelectors(
  { parser }: { parser: Pick<Parser, "point"> },
  pages: readonly StoredPage[],
  { n, field, at }: PickedElement,
  language: string | null,
): Promise<Proposal[]> {
  const page = pages[n];
  if (!page) return [];
  const ask = (one: StoredPage, where: number | null, selectors: readonly string[]) => {
    const { body, contentType, finalUrl: url, at: now } = one;
    return parser.point({ body, contentType, url, now, field, at: where, selectors, language });
  };
  const { candidates } = await ask(page, at, []);
  const selectors = candidates.map(({ selector }) => selector);
  if (selectors.length === 0) return [];
  // With a nonexistent element, the parser only tries the selectors.
  const read = await Promise.all(pages.map((one) => ask(one, NO_ELEMENT, selectors)));
  const proposals = candidates.map((candidate, index): Proposal => {
    const values = read.map(({ found }) => found[index]?.value ?? null);
    const { filled: found, ...tally } = tallyOf(pages, field, values);
    return { ...candidate, pages: pages.length, found, ...tally, hinted: hintedOf(pages, field) };
  });
  return proposals.toSorted(best).slice(0, MAX_PROPOSALS);
}

const NO_ELEMENT = -1;

function best(a: Proposal, b: Proposal): number {
  return b.agrees - a.agrees || b.found - a.found || b.distinct - a.distinct;
}
