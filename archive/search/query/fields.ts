import { parseTimeSpan, TIME_FORMS } from "../../../lib/time-expression.ts";
import { FACETS, type Facet, QueryProblem } from "../../../model/search.ts";

/** Fields whose words are searched. */
export const TEXT_FIELDS = ["title", "teaser", "text", "author", "tag"] as const;

export type TextField = (typeof TEXT_FIELDS)[number];

/** Fields that bound the time of publication. */
export const TIME_FIELDS = ["since", "until"] as const;

/** What an article's facets may be, as it is written in a query; others are refused. */
const FORMS: Record<Facet, { form: RegExp; write: string }> = {
  source: { form: /^[a-z0-9][a-z0-9-]*$/, write: "a source's id, such as eu-commission" },
  country: { form: /^[a-z]{2}$/, write: "two letters, such as DE" },
  region: { form: /^[a-z]{2}-[a-z0-9]{1,3}$/, write: "an ISO 3166-2 code, such as DE-BE" },
  topic: { form: /^[a-z0-9][a-z0-9-]*$/, write: "a topic's id, such as smart-city" },
  language: { form: /^[a-z]{2,3}$/, write: "two or three letters, such as de" },
  day: {
    form: /^\d{4}(-\d{2}(-\d{2})?)?$/,
    write: "a day, month or year: 2026-11-25, 2026-11, 2026",
  },
  status: { form: /^(published|unlisted|retracted)$/, write: "published, unlisted or retracted" },
};

const ALL_FIELDS = [...TEXT_FIELDS, ...FACETS, ...TIME_FIELDS];

export function isTextField(field: string): field is TextField {
  return (TEXT_FIELDS as readonly string[]).includes(field);
}

export function isTimeField(field: string): field is (typeof TIME_FIELDS)[number] {
  return (TIME_FIELDS as readonly string[]).includes(field);
}

/** A facet's value as it is indexed, in lower case; throws `QueryProblem` for a field or value that can't be. */
export function facetValue(field: string, value: string, at: number): string {
  const told = FORMS[field as Facet];
  if (!told) {
    const hint = `write one of ${ALL_FIELDS.join(", ")}, or put the words in quotes`;
    throw new QueryProblem(`there is no field "${field}": ${hint}`, at);
  }
  const lower = value.toLowerCase();
  if (told.form.test(lower)) return lower;
  throw new QueryProblem(`${field}:${value}: write ${told.write}`, at);
}

/** The time of a bound, in UTC, by the grammar of all times; `until` a day, month or year takes in all of it. */
export function timeBound(
  field: "since" | "until",
  value: string,
  { at, now }: { at: number; now: Date },
): Date {
  const span = parseTimeSpan(value, now);
  if (!span) throw new QueryProblem(`${field}:${value}: write ${TIME_FORMS}`, at);
  return field === "until" ? span.end : span.start;
}
