import { FACETS, type Facet, type FacetCounts } from "../../model/search.ts";

/** Values of one facet that are told. */
const MOST = 30;

/** Counts facets, given as the index keeps them: a line a match, facets apart by tabs, values by commas. */
export function countFacets(lines: readonly string[]): Record<Facet, FacetCounts> {
  const counts = FACETS.map(() => new Map<string, number>());
  for (const line of lines) {
    const fields = line.split("\t");
    for (const [index, of] of counts.entries()) {
      const values = fields[index] ?? "";
      if (values === "") continue;
      for (const value of values.split(",")) of.set(value, (of.get(value) ?? 0) + 1);
    }
  }
  return Object.fromEntries(
    FACETS.map((facet, index) => [facet, sorted(facet, counts[index] ?? new Map())]),
  ) as Record<Facet, FacetCounts>;
}

function sorted(facet: Facet, counts: ReadonlyMap<string, number>): FacetCounts {
  const all = [...counts].map(([value, count]) => ({ value, count }));
  const order = (a: FacetCounts[number], b: FacetCounts[number]) =>
    facet === "day" ? 0 : b.count - a.count;
  const later = facet === "day" ? -1 : 1;
  return all.toSorted((a, b) => order(a, b) || later * (a.value < b.value ? -1 : 1)).slice(0, MOST);
}
