import type { EditorialState } from "./article.ts";

export interface TopicsDecision {
  field: "topics";
  add: readonly string[];
  remove: readonly string[];
}

/** An editor's decision that articles are in different stories (`apart`) or in one (`joined`). */
export interface StoryDecision {
  field: "story";
  say: "apart" | "joined";
  with: readonly string[];
}

/** Texts or translations by an editor. Null removes a text; a missing text stays unchanged. */
export interface WordingDecision {
  field: "wording";
  /** Language of the translation; null if the texts replace the publisher's. */
  language: string | null;
  title?: string | null;
  prefix?: string | null;
  teaser?: string | null;
}

export interface StateDecision {
  field: "state";
  say: EditorialState;
}

/** Times that an editor sets. Null removes a time; a missing time stays unchanged. */
export interface TimesDecision {
  field: "times";
  embargo?: Date | null;
  expires?: Date | null;
  pin?: Date | null;
}

/** A decision about one article. A new kind needs a case in `articles/editorial/correct.ts`. */
export type ArticleDecision = TopicsDecision | WordingDecision | StateDecision | TimesDecision;

export type EditorsDecision = ArticleDecision | StoryDecision;

/**
 * An editor's decision about the article `articleId`. Until it is undone, it overrides the results
 * of the rules.
 */
export interface Correction<Word extends EditorsDecision = EditorsDecision> {
  _id: string;
  articleId: string;
  word: Word;
  actor: string;
  at: Date;
  reason: string;
  undone: { actor: string; at: Date; reason: string } | null;
}

/**
 * An operation on articles that is being carried out, with the corrections that it makes and
 * undoes. If it is interrupted, upkeep finishes it.
 */
export interface Intent {
  _id: string;
  at: Date;
  articleIds: readonly string[];
  corrections: Correction[];
  undone: { id: string; undone: NonNullable<Correction["undone"]> }[];
}

type WordOf<Field extends EditorsDecision["field"]> = Extract<EditorsDecision, { field: Field }>;

function isOf<Field extends EditorsDecision["field"]>(field: Field) {
  return (correction: Correction): correction is Correction<WordOf<Field>> =>
    correction.word.field === field;
}

export const isOfTopics = isOf("topics");
export const isOfStory = isOf("story");
export const isOfWording = isOf("wording");
export const isOfState = isOf("state");
export const isOfTimes = isOf("times");

/** Describes a decision briefly: `+egov -iot`, `apart from ID` or `approved`. */
export function decisionText(word: EditorsDecision): string {
  if (word.field === "topics") {
    return [...word.add.map((id) => `+${id}`), ...word.remove.map((id) => `-${id}`)].join(" ");
  }
  if (word.field === "state") return word.say;
  if (word.field === "story") {
    return `${word.say === "apart" ? "apart from" : "joined with"} ${word.with.join(", ")}`;
  }
  const { field: _, ...values } = word;
  return Object.entries(values)
    .filter(([name, value]) => name !== "language" || value !== null)
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join("; ");
}

function valueText(value: string | Date | null | undefined): string {
  if (value instanceof Date) return value.toISOString().slice(0, 16);
  return value ?? "as it was";
}

/** A machine translation for editors. Readers see it only once an editor has accepted it. */
export interface Draft {
  /** `<articleId> <language>`. */
  _id: string;
  articleId: string;
  language: string;
  title: string;
  teaser: string | null;
  at: Date;
  /** Who requested the translation. */
  actor: string;
}
