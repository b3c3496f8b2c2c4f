import type { Extraction } from "../../model/articles/extraction.ts";
import {
  ARTICLE_FIELDS,
  type ArticleFields,
  type FieldName,
  MEASURED_FIELDS,
} from "../../model/articles/fields.ts";

/**
 * Returns the mean confidence of the fields, weighted by their importance, 0 to 1. A missing field
 * counts as 0.
 */
export function fieldScore({ fields, evidence }: Pick<Extraction, "fields" | "evidence">): number {
  let sum = 0;
  let most = 0;
  for (const name of MEASURED_FIELDS) {
    const { worth } = ARTICLE_FIELDS[name];
    most += worth;
    const filling = filledBy(fields, name);
    if (filling) sum += worth * (evidence[filling]?.confidence ?? 0.5);
  }
  return Math.round((sum / most) * 1000) / 1000;
}

export function filledBy(fields: ArticleFields, name: FieldName): FieldName | null {
  if (isFilled(fields[name])) return name;
  return name === "authors" && isFilled(fields.organisations) ? "organisations" : null;
}

function isFilled(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return false;
  return !Array.isArray(value) || value.length > 0;
}
