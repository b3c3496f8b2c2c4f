import {
  type Article,
  COMPLETENESS,
  EDITORIAL_STATES,
  type Edited,
  type EditorialState,
  isLess,
  type Times,
  toItem,
  type UnlistedReason,
  type Wording,
} from "../../model/articles/article.ts";
import {
  type Correction,
  isOfState,
  isOfTimes,
  isOfTopics,
  isOfWording,
  type TimesDecision,
} from "../../model/articles/correction.ts";
import { denialOf, judgeUse, sameSignals, unavailableFrom } from "../../model/usage-rights.ts";
import { withTopics } from "../classify/classify.ts";
import { isFurniture, paragraphsOf, withoutNoise } from "../classify/revision/noise.ts";
import { asDeclared, correctTopics } from "../classify/topics/matcher.ts";
import { type Draft, statusByRelevance } from "./draft.ts";

/**
 * Applies editors' corrections to an article, except corrections of stories. Repeating this gives
 * the same result.
 */
export function corrected<T extends Draft>(
  article: T,
  corrections: readonly Correction[],
  before: Article | null,
  now: Date,
): T {
  const draft = {
    ...withTopicsOf(article, corrections),
    ...editorialFieldsOf(article, corrections, before),
  };
  return { ...draft, ...listed(draft, before, now) };
}

function withTopicsOf<T extends Draft>(article: T, all: readonly Correction[]): T {
  const corrections = all.filter(isOfTopics);
  if (corrections.length === 0 && !article.overruled) return article;
  const { byTopic: stored, relevance } = article.evidence;
  const read = article.overruled?.byTopic ?? stored ?? asDeclared(article.topics);
  const byTopic = correctTopics(read, corrections);
  const weighed = relevance && withTopics(relevance, byTopic);
  return {
    ...article,
    topics: byTopic.map(({ id }) => id),
    evidence: { ...article.evidence, byTopic, ...(weighed && { relevance: weighed }) },
    ...(weighed && { relevanceScore: weighed.score }),
    overruled: corrections.length > 0 ? { byTopic: read } : null,
  };
}

export function enter<T extends Draft>(article: T, initialState: EditorialState): T {
  if (initialState === "published") return article;
  const editorial = {
    state: initialState,
    initialState,
    isDecided: false,
    waitsSince: article.firstSeenAt,
  };
  return { ...article, editorial };
}

type EditorialFields = Pick<Draft, "editorial" | "edited" | "times" | "pinnedUntil">;

function editorialFieldsOf(
  article: Draft,
  corrections: readonly Correction[],
  before: EditorialFields | null,
): EditorialFields {
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
  before: EditorialFields | null,
): Draft["editorial"] {
  const known = before?.editorial ?? article.editorial;
  const last = corrections.filter(isOfState).at(-1);
  const initialState = known?.initialState ?? "published";
  if (!last) {
    if (!known) return undefined;
    if (initialState === "published") return null;
  }
  const state = last?.word.say ?? initialState;
  // If a publication is undone, the article's wait for an editor counts from its original start.
  const since = known?.waitsSince ?? last?.at ?? article.firstSeenAt;
  const waitsSince = state === "published" ? null : since;
  return { state, initialState, isDecided: last !== undefined, waitsSince };
}

function editedBy(corrections: readonly Correction[]): Edited | null {
  let own: Wording = {};
  const translations: Record<string, Wording> = {};
  for (const { word } of corrections.filter(isOfWording)) {
    const { field: _, language, ...wording } = word;
    if (language === null) own = present({ ...own, ...wording });
    else translations[language] = present({ ...translations[language], ...wording });
  }
  const filled = Object.entries(translations).filter(([, words]) => Object.keys(words).length > 0);
  const all = {
    ...own,
    ...(filled.length > 0 && { translations: Object.fromEntries(filled) }),
  };
  return Object.keys(all).length > 0 ? all : null;
}

function timesBy(corrections: readonly Correction[]): Times & { pin?: Date } {
  const all = corrections.filter(isOfTimes).map(({ word }) => {
    const { field: _, ...times } = word;
    return times;
  });
  return present(Object.assign({}, ...all) as Omit<TimesDecision, "field">);
}

function present<T extends object>(input: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  const entries = Object.entries(input).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(entries) as { [Name in keyof T]?: NonNullable<T[Name]> };
}

type Listed = Pick<Draft, "status" | "unlisted" | "visibilityChangesAt" | "pinnedUntil">;

/** Returns whether readers see an article now, whether it is pinned, and when this can change. */
export function listed(
  article: Draft,
  before: Pick<Article, "unlisted" | "visibilityChangesAt"> | null,
  now: Date,
): Listed {
  const { visibilityChangesAt: ends, ...seen } = decided(article, before, now);
  const { pinnedUntil = null } = article;
  const pin = pinnedUntil && pinnedUntil > now ? pinnedUntil : null;
  const visibilityChangesAt = earliest(ends, pin);
  return {
    ...seen,
    ...((visibilityChangesAt ?? before?.visibilityChangesAt) && { visibilityChangesAt }),
    ...(pinnedUntil && { pinnedUntil: pin }),
  };
}

function decided(draft: Draft, before: Pick<Article, "unlisted"> | null, now: Date): Listed {
  const { status, unlisted, editorial, evidence, embargoUntil, times, rights } = draft;
  const { completeness, publish } = draft;
  if (status === "retracted") return { status, unlisted: null };
  const hidden = (
    reason: UnlistedReason,
    detail: string,
    visibilityChangesAt: Date | null,
  ): Listed => {
    const at = before?.unlisted?.at ?? now;
    return { status: "unlisted", unlisted: { reason, detail, at }, visibilityChangesAt };
  };
  const { state = "published", isDecided = false } = editorial ?? {};
  if (state !== "published") {
    return hidden("waits for an editor", `${state}: ${EDITORIAL_STATES[state]}`, null);
  }
  if (!isDecided) {
    const { relevance } = evidence;
    const weighed = relevance
      ? statusByRelevance(relevance, before, now)
      : { unlisted: unlisted?.reason === "below relevance" ? unlisted : null };
    if (weighed.unlisted) return { status: "unlisted", unlisted: weighed.unlisted };
    if (isLess(completeness, publish ?? "announced"))
      return hidden("incomplete", COMPLETENESS[completeness], null);
  }
  const denial = denialOf(judgeUse(rights, "search", now));
  if (denial !== null) return hidden("reserved", denial, null);
  const embargo = latest(embargoUntil, times?.embargo);
  if (embargo && embargo > now) return hidden("embargo", `until ${embargo.toISOString()}`, embargo);
  const { expires } = times ?? {};
  if (expires && expires <= now) return hidden("expired", `at ${expires.toISOString()}`, null);
  return {
    status: "published",
    unlisted: null,
    visibilityChangesAt: earliest(expires, unavailableFrom(rights)),
  };
}

function earliest(one?: Date | null, other?: Date | null): Date | null {
  if (!one || !other) return one ?? other ?? null;
  return one < other ? one : other;
}

function latest(one?: Date | null, other?: Date | null): Date | null {
  if (!one || !other) return one ?? other ?? null;
  return one > other ? one : other;
}

/** Whether readers, filters and editors see no difference between two versions. */
export function isSameForReaders(before: Article, draft: Draft): boolean {
  const why = before.unlisted?.detail === draft.unlisted?.detail;
  if (!why || before.revision !== draft.revision || !sameSignals(before.rights, draft.rights))
    return false;
  // With the same response, every difference matters.
  if (before.captureId === draft.captureId) return itemOf(before) === itemOf(draft);
  // A teaser made of the first paragraphs adds nothing to the text.
  const own = [before, draft].some(({ evidence }) => evidence.teaser?.rule !== "first paragraphs");
  return shownBesidesText(before, own) === shownBesidesText(draft, own);
}

function itemOf(article: Draft): string {
  return JSON.stringify({ ...toItem(article), version: 0 });
}

function shownBesidesText(article: Draft, withTeaser: boolean): string {
  const { image, ...item } = toItem(article);
  const picture = image?.url.split("?")[0];
  const teaser = withTeaser && item.teaser && withoutNoise(paragraphsOf(item.teaser), null);
  // Names contain no numbers.
  const authors = item.authors
    .filter((author) => !isFurniture(author))
    .map((author) => author.replace(/[\p{N}.,\s]+/gu, " "));
  const same = { title: "", version: 0, modifiedAt: null, wordCount: 0, relevanceScore: null };
  return JSON.stringify({ ...item, ...same, picture, teaser, authors });
}

/** Returns an article's published data, editorial state and visibility, as a comparable string. */
export function visibleState(article: Article): string {
  const { editorial, times, visibilityChangesAt, unlisted } = article;
  return JSON.stringify([toItem(article), editorial, times, visibilityChangesAt, unlisted?.detail]);
}
