import type { ArticleFields, Evidence, Extraction, FieldName } from "../model/extraction.ts";
import type { Page } from "./page.ts";
import { tidy } from "./tidy.ts";

/** One way to read a field: what it is called in evidence, how sure it is, and where it looks. */
export interface Rule<T> {
  name: string;
  confidence: number;
  read: (page: Page) => T | null;
}

/** A field's value with the rule that gave it; `value: null` carries no evidence. */
export interface Answer<T> {
  value: T | null;
  evidence: Evidence | null;
}

/** No rule saw anything. */
export const NOTHING: Answer<never> = { value: null, evidence: null };

/** The first rule that sees a value wins. */
export function first<T>(
  rules: Rule<T>[],
  page: Page,
  show: (value: T) => string = String,
): Answer<T> {
  for (const rule of rules) {
    const value = rule.read(page);
    if (value !== null) return answer(value, rule.name, show(value), rule.confidence);
  }
  return NOTHING;
}

/** A value with its evidence; what was seen is cut to 200 characters. */
export function answer<T>(
  value: T,
  rule: string,
  seen: string | null,
  confidence: number,
): Answer<T> {
  return {
    value,
    evidence: {
      rule,
      seen: seen && seen.slice(0, 200),
      confidence: Math.round(confidence * 100) / 100,
    },
  };
}

/** An answer for each field. */
export type Answers = { [Name in FieldName]-?: Answer<NonNullable<ArticleFields[Name]>> };

/** Fields and their evidence apart. */
export function gather(answers: Answers): Pick<Extraction, "fields" | "evidence"> {
  const evidence: Extraction["evidence"] = {};
  const take = <Name extends FieldName>(name: Name): Answers[Name]["value"] => {
    const seen = answers[name].evidence;
    if (seen) evidence[name] = seen;
    return answers[name].value;
  };
  const fields: ArticleFields = {
    title: take("title"),
    text: take("text"),
    html: take("html"),
    teaser: take("teaser"),
    authors: take("authors"),
    organisations: take("organisations"),
    publishedAt: take("publishedAt"),
    publishedPrecision: take("publishedPrecision"),
    publishedOffset: take("publishedOffset"),
    modifiedAt: take("modifiedAt"),
    language: take("language"),
    section: take("section"),
    tags: take("tags"),
    image: take("image"),
    siteName: take("siteName"),
    canonicalUrl: take("canonicalUrl"),
    isAccessibleForFree: take("isAccessibleForFree"),
    wordCount: take("wordCount"),
  };
  return { fields: tidy(fields), evidence };
}
