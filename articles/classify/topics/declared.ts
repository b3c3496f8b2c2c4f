import type { TopicVerdict } from "../../../model/articles/classification.ts";

/** Verdicts for topics that only the source's declaration speaks for. */
export function asDeclared(ids: readonly string[]): TopicVerdict[] {
  return [...new Set(ids)].map((id) => ({ id, score: 0, because: "declared", hits: [] }));
}

/** The verdicts, and after them the declared topics that are not among them. */
export function withDeclared(found: TopicVerdict[], declared: readonly string[]): TopicVerdict[] {
  const ids = new Set(found.map(({ id }) => id));
  return [...found, ...asDeclared(declared.filter((id) => !ids.has(id)))];
}
