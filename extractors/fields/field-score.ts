import type { Extraction } from "../../model/articles/extraction.ts";
import {
  ARTICLE_FIELDS,
  type ArticleFields,
  type FieldName,
  MEASURED_FIELDS,
} from "../../model/articles/fields.ts";

/** How many fields of an article were read, and how surely, 0 to 1: each field by its worth and how sure its rule is. */
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

/** The field that fills a field: an organisation that signs stands where authors would; null when none does. */
export function filledBy(fields: ArticleFields, name: FieldName): FieldName | null {
  if (isFilled(fields[name])) return name;
  return name === "authors" && isFilled(fields.organisations) ? "organisations" : null;
}

/** Whether a field says something: neither absent nor empty. */
function isFilled(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return false;
  return !Array.isArray(value) || value.length > 0;
}
