import type { Article } from "../../model/articles/article.ts";
import { toItem } from "../../model/articles/to-item.ts";
import { sameSignals } from "../../model/usage-rights.ts";
import { isFurniture, paragraphsOf, withoutNoise } from "../classify/revision/noise.ts";
import type { Draft } from "./draft.ts";

/** Whether readers, filters and editors see no difference between two versions. */
export function isSameForReaders(before: Article, draft: Draft): boolean {
  const why = before.unlisted?.detail === draft.unlisted?.detail;
  if (!why || before.revision !== draft.revision || !sameSignals(before.rights, draft.rights))
    return false;
  // With the same response, every difference matters.
  if (before.captureId === draft.captureId) return itemOf(before) === itemOf(draft);
  // A teaser made of the first paragraphs adds nothing to the text.
  const own = [before, draft].some(({ evidence }) => evidence.teaser?.rule !== "first paragraphs");
  return shown(before, own) === shown(draft, own);
}

function itemOf(article: Draft): string {
  return JSON.stringify({ ...toItem(article), version: 0 });
}

/** Returns what readers see besides headline and text, as a string for comparison. */
function shown(article: Draft, withTeaser: boolean): string {
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

/** Returns what readers see of an article except its text and rights, as a string to compare. */
export function visibleState(article: Article): string {
  const { editorial, times, visibilityChangesAt, unlisted } = article;
  return JSON.stringify([toItem(article), editorial, times, visibilityChangesAt, unlisted?.detail]);
}
