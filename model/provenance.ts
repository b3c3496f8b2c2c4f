import type { Article } from "./article.ts";
import type { Evidence, FieldName } from "./extraction.ts";

/** By which rule each field of an article was read, and how sure that is (0 to 1). */
export type Provenance = Partial<Record<FieldName, Pick<Evidence, "rule" | "confidence">>>;

/** The provenance of what was read of a page: its evidence without what was seen. */
export function provenanceOf(evidence: Article["evidence"]): Provenance {
  const { byTopic: _, relevance: __, places: ___, ...fields } = evidence;
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, told]) =>
      told ? [[field, { rule: told.rule, confidence: told.confidence }]] : [],
    ),
  );
}

/** Evidence of which no more is known than that. */
export function evidenceOf(provenance: Provenance): Article["evidence"] {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, told]) => [field, { ...told, seen: null }]),
  );
}
