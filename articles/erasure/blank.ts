import {
  type Article,
  type Item,
  type PendingChange,
  shownFields,
  toBefore,
  toItem,
} from "../../model/articles/article.ts";
import { eraseFields } from "../../model/articles/fields.ts";
import { capturesOfLinks, removeCaptures, removePartsOf } from "../../store/archive/erasure.ts";
import { erasedSince, getArticles, writeArticles } from "../../store/articles/articles.ts";
import { dropFingerprints } from "../../store/articles/fingerprints.ts";
import { removeLinks } from "../../store/crawl/links.ts";
import { findIn } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";
import { repairStories } from "../stories/repair.ts";

function blankItem(item: Item): Item {
  return {
    id: item.id,
    version: item.version,
    status: item.status,
    sourceId: item.sourceId,
    firstSeenAt: item.firstSeenAt,
    sortAt: item.sortAt,
    day: item.day,
    country: item.country,
    topics: item.topics,
    regionCode: item.regionCode,
    city: item.city,
    timing: item.timing,
    duplicateOf: item.duplicateOf,
    storyId: item.storyId,
    completeness: item.completeness,
    incompleteReason: null,
    erased: true,
    url: "",
    title: "",
    teaser: null,
    ...shownFields(eraseFields({ language: item.language })),
    prefix: "",
    region: null,
    relevanceScore: null,
    image: null,
  };
}

function blankChange<T extends PendingChange>(change: T): T {
  const { item, revision } = change;
  // The reason for a revision can quote the text.
  const blanked = revision && { revision: { ...revision, because: "" } };
  return { ...change, item: blankItem(item), ...blanked };
}

function blankArticle(article: Article): Article {
  return {
    _id: article._id,
    version: article.version,
    sourceId: article.sourceId,
    sourceVersion: article.sourceVersion,
    status: article.status,
    country: article.country,
    topics: article.topics,
    derived: article.derived,
    completeness: article.completeness,
    captureId: article.captureId,
    extractor: article.extractor,
    duplicateOf: article.duplicateOf,
    storyId: article.storyId,
    firstSeenAt: article.firstSeenAt,
    lastSeenAt: article.lastSeenAt,
    sortAt: article.sortAt,
    day: article.day,
    canonVersion: article.canonVersion,
    revision: article.revision,
    url: "",
    ...eraseFields(article),
    title: "",
    text: "",
    prefix: "",
    region: null,
    regionCode: null,
    city: null,
    relevanceScore: null,
    fieldScore: 0,
    reservations: [],
    rights: [],
    publish: null,
    origin: null,
    servedAt: null,
    revised: { ...article.revised, because: "" },
    contentHash: "",
    evidence: {},
    pending: article.pending.map(blankChange),
    ...(article.pendingAt && { pendingAt: article.pendingAt }),
  };
}

function retraction(article: Article, now: Date): { article: Article; change: PendingChange } {
  const gone: Article = { ...article, version: article.version + 1, status: "retracted" };
  const item = blankItem(toItem(gone));
  const before = toBefore(article);
  return {
    article: gone,
    change: { version: gone.version, kind: "retracted", before, item, at: now },
  };
}

const MAX_ATTEMPTS = 20;

async function writeUntilNone(
  store: Store,
  ids: string[],
  matches: (article: Article) => boolean,
  write: (articles: Article[]) => Promise<unknown>,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    const left = [...(await getArticles(store, ids)).values()].filter(matches);
    if (left.length === 0) return;
    if (tries === MAX_ATTEMPTS)
      throw new Error("other processes kept changing these articles; try again");
    await write(left);
  }
}

function isShown({ status }: Article): boolean {
  return status !== "retracted";
}

/**
 * Hides articles and adds retractions to the stream. `blankArticles` removes the stored content.
 */
export function hideArticles(store: Store, ids: string[], now: Date): Promise<void> {
  return writeUntilNone(store, ids, isShown, (shown) =>
    writeArticles(
      store,
      shown.map((before) => {
        const { article, change } = retraction(before, now);
        const { pending: _, pendingAt: __, ...rest } = article;
        return { base: before.version, article: rest, change };
      }),
    ),
  );
}

function hideBlanked(store: Store, ids: string[], now: Date): Promise<void> {
  return writeUntilNone(store, ids, isShown, async (shown) => {
    for (const before of shown) {
      const { article, change } = retraction(before, now);
      const pending = [...before.pending, change];
      const pendingAt = before.pendingAt ?? change.at;
      await replaceBlank(store, before.version, { ...article, pending, pendingAt });
    }
  });
}

async function replaceBlank(store: Store, version: number, article: Article): Promise<void> {
  const { _id, ...blank } = blankArticle(article);
  await store.collections.articles.replaceOne({ _id, version }, blank);
}

export async function removeKeys(store: Store, keys: string[]): Promise<number> {
  await removeLinks(store, keys);
  return removeCaptures(store, await capturesOfLinks(store, keys));
}

/**
 * Erasures are repeated for this long. A worker can store the content again up to 15 minutes later.
 */
const ERASE_AGAIN_MS = 60 * 60_000;

/**
 * Repeats the erasures of the last hour, and returns the number of captures removed. A worker can
 * have stored erased content again.
 */
export async function eraseAgain(store: Store, now: Date): Promise<number> {
  const keys = await erasedSince(store, new Date(now.getTime() - ERASE_AGAIN_MS), now);
  if (keys.length === 0) return 0;
  const captures = await removeKeys(store, keys);
  const articles = await getArticles(store, keys);
  const ids = keys.filter((id) => !hasUnfinishedErasure(articles.get(id)));
  // Hidden articles that still have words would count as an unfinished erasure.
  await hideBlanked(store, ids, now);
  await blankArticles(store, ids, now);
  return captures;
}

function hasUnfinishedErasure(article: Article | undefined): boolean {
  return article?.status === "retracted" && (article.title !== "" || article.text !== "");
}

/** Removes articles' words from all collections; ids and changes in the stream remain. */
export async function blankArticles(store: Store, ids: string[], now: Date): Promise<void> {
  await repairStories(store, await dropFingerprints(store, ids, now), () => now);
  await removePartsOf(store, ids);
  await writeUntilNone(store, ids, saysSomething, async (open) => {
    for (const article of open) await replaceBlank(store, article.version, article);
  });
  const { changes } = store.collections;
  for (const change of await findIn(changes, "articleId", ids)) {
    if (change.item.erased) continue;
    const { item, revision } = blankChange(change);
    await changes.updateOne({ seq: change.seq }, { $set: { item, ...(revision && { revision }) } });
  }
}

function saysSomething({ title, text, pending }: Article): boolean {
  return title !== "" || text !== "" || pending.some(({ item }) => !item.erased);
}
