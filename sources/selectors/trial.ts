import { sourceView } from "../../articles/reading/parse-tasks.ts";
import type { Parser } from "../../articles/reading/parser.ts";
import { selectAt } from "../../extractors/selectors/select.ts";
import type { Author } from "../../model/operations/audit.ts";
import type {
  PickerField,
  Reading,
  Trial,
  TriedPage,
} from "../../model/sources/selector-picker.ts";
import type { Select, SourceRecord } from "../../model/sources/source.ts";
import { rewriteSource, type SourcePlace, withSelector } from "../files/edit.ts";
import type { Outcome } from "../files/lifecycle.ts";
import { hintedOf, type StoredPage, tallyOf } from "./pages.ts";

/**
 * Extracts a field of stored pages with the current selectors and with `selector`. Compares both
 * values with the one in the feed.
 */
export async function tryField(
  { parser }: { parser: Pick<Parser, "extract"> },
  source: SourceRecord,
  archived: readonly StoredPage[],
  { field, selector }: { field: PickerField; selector: string },
): Promise<Trial> {
  const read = async (page: StoredPage, select: Select[]): Promise<Reading> => {
    const { body, contentType, finalUrl: url, at: now } = page;
    const view = { ...sourceView(source), select };
    const task = { body, contentType, url, now, hints: {}, source: view };
    const extracted = await parser.extract(task).catch(() => null);
    if (!extracted) return { value: null, rule: null };
    const { fields, evidence } = extracted.extraction;
    return { value: inWords(fields[field]), rule: evidence[field]?.rule ?? null };
  };
  const pages = await Promise.all(
    archived.map(async (page): Promise<TriedPage> => {
      const { validFrom: _, ...now } = selectAt(source.select, page.at) ?? { remove: [] };
      const [before, after] = await Promise.all([
        read(page, source.select),
        read(page, [{ ...now, [field]: selector }]),
      ]);
      return { url: page.url, at: page.at, before, after };
    }),
  );
  const hinted = hintedOf(archived, field);
  const tally = (which: "before" | "after") => {
    const values = pages.map((page) => page[which].value);
    return tallyOf(archived, field, values);
  };
  const better = pages.filter(({ before, after }) => isSelected(after) && !isSelected(before));
  const first = better.map(({ at }) => at.getTime()).toSorted((a, b) => a - b)[0];
  const from = first === undefined ? null : new Date(first);
  return { field, selector, pages, before: tally("before"), after: tally("after"), hinted, from };
}

function isSelected({ rule }: Reading): boolean {
  return rule === "select";
}

function inWords(value: string | Date | string[] | null): string | null {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : null;
  return value === "" ? null : value;
}

/**
 * Writes a tried selector into a source's file and stores the source's next version. The selector
 * applies from `trial.from`.
 */
export async function useSelector(
  place: SourcePlace,
  id: string,
  trial: Trial,
  author: Author,
): Promise<Outcome> {
  const { field, selector, pages, from } = trial;
  if (pages.length === 0) return { problem: `no page of an article of ${id} is archived` };
  if (!pages.some(({ after }) => isSelected(after))) {
    return { problem: `${selector} finds ${field} on none of ${pages.length} archived pages` };
  }
  const change = (yaml: string) => withSelector(yaml, { field, selector, from });
  const problem = await rewriteSource(place, id, change, author);
  if (problem !== null) return { problem };
  const since = from ? ` from ${from.toISOString()} on` : "";
  return { done: `${field} of ${id} is read by ${selector}${since}: ${tallied(trial)}` };
}

export function tallied({ pages, before, after, hinted }: Trial): string {
  const agreement =
    hinted > 0 ? `; same as in the feed: ${before.agrees} -> ${after.agrees} of ${hinted}` : "";
  return `pages: ${pages.length}; found: ${before.filled} -> ${after.filled}; different values: ${before.distinct} -> ${after.distinct}${agreement}`;
}
