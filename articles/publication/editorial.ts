import {
  type Correction,
  isOfState,
  isOfTimes,
  isOfWording,
} from "../../model/articles/correction.ts";
import type { Edited, EditorialState, Times, Wording } from "../../model/articles/editorial.ts";
import type { Draft } from "./article.ts";

/** A new article with where the rules put it; one that they publish carries nothing. */
export function enter<T extends Draft>(article: T, ruled: EditorialState): T {
  if (ruled === "published") return article;
  const editorial = { state: ruled, ruled, said: false, waitsSince: article.firstSeenAt };
  return { ...article, editorial };
}

type Desk = Pick<Draft, "editorial" | "edited" | "times" | "pinnedUntil">;

/**
 * What editors said of an article's state, words and times, the latest word of each counting. Fields
 * stay away from articles of which nobody ever spoke.
 */
export function deskOf(
  article: Draft,
  corrections: readonly Correction[],
  before: Desk | null,
): Desk {
  const edited = editedBy(corrections);
  const { pin, ...times } = timesBy(corrections);
  const editorial = stateBy(article, corrections, before);
  const isTimed = Object.keys(times).length > 0;
  return {
    ...(editorial !== undefined && { editorial }),
    ...((edited ?? before?.edited) && { edited }),
    ...((isTimed || before?.times) && { times: isTimed ? times : null }),
    ...((pin ?? before?.pinnedUntil) && { pinnedUntil: pin ?? null }),
  };
}

function stateBy(
  article: Draft,
  corrections: readonly Correction[],
  before: Desk | null,
): Draft["editorial"] {
  const known = before?.editorial ?? article.editorial;
  const last = corrections.filter(isOfState).at(-1);
  const ruled = known?.ruled ?? "published";
  if (!last) {
    if (!known) return undefined;
    if (ruled === "published") return null;
  }
  const state = last?.word.say ?? ruled;
  const waitsSince = state === "published" ? null : (known?.waitsSince ?? last?.at ?? null);
  return { state, ruled, said: last !== undefined, waitsSince };
}

function editedBy(corrections: readonly Correction[]): Edited | null {
  let own: Wording = {};
  const translations: Record<string, Wording> = {};
  for (const { word } of corrections.filter(isOfWording)) {
    const { field: _, language, ...said } = word;
    if (language === null) own = written(own, said);
    else translations[language] = written(translations[language] ?? {}, said);
  }
  const filled = Object.entries(translations).filter(([, words]) => Object.keys(words).length > 0);
  const all = {
    ...own,
    ...(filled.length > 0 && { translations: Object.fromEntries(filled) }),
  };
  return Object.keys(all).length > 0 ? all : null;
}

/** Words with others written over them; null takes one away. */
function written(
  words: Wording,
  said: { [Name in keyof Wording]?: string | null | undefined },
): Wording {
  return present({ ...words, ...said });
}

function timesBy(corrections: readonly Correction[]): Times & { pin?: Date } {
  const all = corrections.filter(isOfTimes).map(({ word: { embargo, expires, pin } }) => ({
    ...(embargo !== undefined && { embargo }),
    ...(expires !== undefined && { expires }),
    ...(pin !== undefined && { pin }),
  }));
  return present(Object.assign({}, ...all) as Partial<Record<keyof Times | "pin", Date | null>>);
}

function present<T extends object>(given: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  const kept = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as { [Name in keyof T]?: NonNullable<T[Name]> };
}
