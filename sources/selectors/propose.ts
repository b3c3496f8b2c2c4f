import type { Parser } from "../../articles/reading/parser.ts";
import type {
  PickerField,
  Proposal,
  SelectorCandidate,
  SelectorMatch,
} from "../../model/sources/selector-picker.ts";
import { agrees, type StoredPage } from "./pages.ts";

/** A click on element `at` of page `n` (from 0); if `at` is null, the parser finds the element. */
export interface PickedElement {
  n: number;
  field: PickerField;
  at: number | null;
}

const MAX_PROPOSALS = 8;

/** Returns selectors, best first; agreement with the entry points counts most. */
export async function proposeSelectors(
  { parser }: { parser: Pick<Parser, "point"> },
  pages: readonly StoredPage[],
  { n, field, at }: PickedElement,
  language: string | null,
): Promise<Proposal[]> {
  const page = pages[n];
  if (!page) return [];
  const ask = (one: StoredPage, where: number | null, selectors: readonly string[]) =>
    parser.point({
      body: one.body,
      contentType: one.contentType,
      url: one.finalUrl,
      now: one.at,
      field,
      at: where,
      selectors,
      language,
    });
  const { candidates } = await ask(page, at, []);
  const selectors = candidates.map(({ selector }) => selector);
  if (selectors.length === 0) return [];
  // With a nonexistent element, the parser only tries the selectors.
  const read = await Promise.all(pages.map((one) => ask(one, NO_ELEMENT, selectors)));
  return candidates
    .map((candidate, index) =>
      weighed(
        candidate,
        field,
        pages,
        read.map(({ found }) => found[index]),
      ),
    )
    .toSorted(best)
    .slice(0, MAX_PROPOSALS);
}

const NO_ELEMENT = -1;

function weighed(
  candidate: SelectorCandidate,
  field: PickerField,
  pages: readonly StoredPage[],
  found: readonly (SelectorMatch | undefined)[],
): Proposal {
  const values = found.map((one) => one?.value ?? null);
  const there = values.filter((value) => value !== null);
  const verdicts = pages.map((page, index) => agrees(page, field, values[index] ?? null));
  return {
    ...candidate,
    pages: pages.length,
    found: there.length,
    distinct: new Set(there).size,
    agrees: verdicts.filter((one) => one === true).length,
    hinted: verdicts.filter((one) => one !== null).length,
  };
}

function best(a: Proposal, b: Proposal): number {
  return b.agrees - a.agrees || b.found - a.found || b.distinct - a.distinct;
}
