import type { Evidence, Extraction, FieldName } from "./extraction.ts";

/**
 * By which rule each field of an article was read, how sure that is (0 to 1), and what the rule saw; that is missing
 * on revisions stored before it was kept.
 */
export type Provenance = Partial<
  Record<FieldName, Pick<Evidence, "rule" | "confidence"> & Partial<Pick<Evidence, "seen">>>
>;

/** The evidence of an article: of its fields, and of how it was classified. */
type StoredEvidence = Extraction["evidence"] &
  Partial<Record<"byTopic" | "relevance" | "places", unknown>>;

/** The provenance of what was read of a page: of its evidence what tells where each field is from. */
export function provenanceOf(evidence: StoredEvidence): Provenance {
  const { byTopic: _, relevance: __, places: ___, ...fields } = evidence;
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, told]) => {
      if (!told) return [];
      const { rule, confidence, seen } = told;
      return [[field, { rule, confidence, seen }]];
    }),
  );
}

/** The same without what the rules saw, which may be what a publisher reserves. */
export function withoutSeen(provenance: Provenance): Provenance {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, { rule, confidence }]) => [
      field,
      { rule, confidence },
    ]),
  );
}

/** Evidence of which no more is known than that. */
export function evidenceOf(provenance: Provenance): Extraction["evidence"] {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, told]) => [field, { seen: null, ...told }]),
  );
}
