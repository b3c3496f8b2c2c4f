import { afterLesson, KEPT, learnBoilerplate, WINDOW } from "../extractors/boilerplate/learn.ts";
import { completeness, isFilled } from "../extractors/completeness.ts";
import type { Learnt } from "../model/boilerplate.ts";
import type { Link } from "../model/link.ts";
import { type FillCounts, MEASURED } from "../model/quality.ts";
import { addBoilerplate, type BoilerplateAddition, readBoilerplate } from "../store/boilerplate.ts";
import { countQuality } from "../store/quality.ts";
import type { Store } from "../store/store.ts";
import type { ArticlePage } from "./commit-articles.ts";

/** What became of each link of a batch. */
type Outcomes = Map<string, Pick<Link, "articleId" | "outcome">>;

/**
 * Learns of a batch's new articles how well their sources are read and what their sources repeat;
 * answers what was learnt as boilerplate, by source.
 */
export async function learnFrom(
  store: Store,
  pages: ArticlePage[],
  outcomes: Outcomes,
  now: Date,
): Promise<Map<string, Learnt[]>> {
  const fresh = pages.flatMap(({ link, reading }) => {
    const { articleId = null, outcome = null } = outcomes.get(link._id) ?? {};
    const isNew = outcome === "new" || outcome === "copy";
    return isNew && articleId ? [{ articleId, reading }] : [];
  });
  if (fresh.length === 0) return new Map();
  const [learnt] = await Promise.all([
    learnParagraphs(store, fresh, now),
    countQuality(store, fillCounts(fresh)),
  ]);
  return learnt;
}

interface Fresh {
  articleId: string;
  reading: ArticlePage["reading"];
}

function fillCounts(fresh: Fresh[]): Map<string, FillCounts> {
  const counts = new Map<string, FillCounts>();
  for (const { reading } of fresh) {
    const { extraction } = reading.extracted;
    const of = counts.get(reading.sourceId) ?? { articles: 0, completeness: 0, fields: {} };
    of.articles++;
    of.completeness += completeness(extraction);
    for (const name of MEASURED) {
      if (isFilled(extraction.fields[name])) of.fields[name] = (of.fields[name] ?? 0) + 1;
    }
    counts.set(reading.sourceId, of);
  }
  return counts;
}

async function learnParagraphs(
  store: Store,
  fresh: Fresh[],
  now: Date,
): Promise<Map<string, Learnt[]>> {
  const own = fresh.filter(({ reading }) => reading.extracted.article.paragraphs?.length);
  if (own.length === 0) return new Map();
  const sourceIds = [...new Set(own.map(({ reading }) => reading.sourceId))];
  const stored = await readBoilerplate(store, sourceIds);
  const additions: BoilerplateAddition[] = [];
  for (const sourceId of sourceIds) {
    let known = { recent: [], known: [], ...stored.get(sourceId) };
    const addition: BoilerplateAddition = { sourceId, recent: [], known: [] };
    for (const { articleId, reading } of own) {
      if (reading.sourceId !== sourceId) continue;
      const { paragraphs = [] } = reading.extracted.article;
      const lesson = learnBoilerplate(known, articleId, paragraphs, now);
      if (!lesson) continue;
      addition.recent.push(lesson.entry);
      addition.known.push(...lesson.learnt);
      known = { ...known, ...afterLesson(known, lesson) };
    }
    if (addition.recent.length > 0) additions.push(addition);
  }
  await addBoilerplate(store, additions, { recent: WINDOW, known: KEPT });
  return new Map(
    additions.filter(({ known }) => known.length > 0).map((one) => [one.sourceId, one.known]),
  );
}
