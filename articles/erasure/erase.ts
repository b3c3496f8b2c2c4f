import { gunzipSync } from "node:zlib";
import type { Collection, Document } from "mongodb";
import { LIMITS } from "../../config/limits.ts";
import { decode, decodeText, labelIn } from "../../crawler/http/decode.ts";
import { urlKey } from "../../crawler/links/url.ts";
import type { Tombstone } from "../../model/articles/article.ts";
import { type Body, type Capture, isLost } from "../../model/crawl/capture.ts";
import type { Preview, PreviewPage } from "../../model/sources/preview.ts";
import { requireTiers } from "../../store/archive/bodies.ts";
import {
  type CaptureOfBody,
  capturesOfLinks,
  type NamedBody,
  readBodiesInBatches,
  removeCaptures,
  withholdBodies,
} from "../../store/archive/erasure.ts";
import { withdrawExports } from "../../store/archive/exports.ts";
import { addTombstones, articlesOfKeys, getArticles } from "../../store/articles/articles.ts";
import { addAuditEntry } from "../../store/operations/audit.ts";
import { readInBatches } from "../../store/queries.ts";
import { getPreview, previewIds, removePreviews } from "../../store/sources/previews.ts";
import type { Collections, Store } from "../../store/store.ts";
import { repairStories } from "../stories/repair.ts";
import { blankArticles, hideArticles, removeKeys } from "./blank.ts";
import {
  type Finds,
  findsIn,
  type Progress,
  redacted,
  type Subject,
  type Target,
  targetOf,
} from "./subject.ts";

export interface EraseOptions {
  /** The reason. The audit log stores it, so it must not name the subject. */
  reason: string;
  actor: string;
  dryRun: boolean;
  now: () => Date;
  progress: Progress;
}

/** What an erasure removed, or would remove if `dryRun` is set. */
export interface Erased {
  articles: Target["articles"];
  /** Number of URLs that no worker will fetch again. */
  addresses: number;
  captures: number;
  bodies: BodyCount;
  /**
   * By collection, the number of documents in which a string was replaced. `previews` is the number
   * of previews removed.
   */
  elsewhere: Record<string, number>;
  /** Ids of sources whose file or entry points name the person; empty for other subjects. */
  sources: string[];
}

/**
 * Erases a subject from the whole store; `dryRun` only counts. After an interruption, erase the
 * same subject again. Throws `TierUnreachable` if bodies are in a tier that isn't set up.
 */
export async function erase(
  store: Store,
  subject: Subject,
  options: EraseOptions,
): Promise<Erased> {
  const { reason, actor, dryRun, now, progress } = options;
  await requireTiers(store);
  const target = await targetOf(store, subject, progress);
  const ids = target.articles.map(({ _id }) => _id);
  const keys = new Set(target.keys);
  const audit = { actor, subject: subject.kind, reason };
  if (!dryRun) {
    await addAuditEntry(store, { at: now(), ...audit, action: "erase.begin" });
    const stone = { kind: "erased", at: now(), reason, actor } satisfies Omit<Tombstone, "_id">;
    // Hide first: upkeep blanks buried articles that are shown, and their words are needed to find
    // what quotes them.
    await hideArticles(store, ids, now());
    await addTombstones(
      store,
      target.keys.map((_id) => ({ _id, ...stone })),
    );
    // A worker can have published an article again in between.
    await hideArticles(store, ids, now());
    // Without this repair, copies of a hidden article would stay hidden until the next change.
    await repairStories(store, ids, now);
  }
  const own = dryRun ? 0 : await removeKeys(store, target.keys);
  const captures = own + (await eraseCaptures(store, target.finds, keys, options));
  const bodies = await eraseBodies(store, { keys, finds: target.finds }, options);
  const records = await redactElsewhere(store, target.finds, options);
  const previews = await erasePreviews(store, { keys, finds: target.finds }, options);
  const elsewhere = previews > 0 ? { ...records, previews } : records;
  const sources = subject.kind === "person" ? await sourcesNaming(store, target.finds) : [];
  if (!dryRun) {
    await blankArticles(store, ids, now());
    await withdrawExports(store, now());
    const detail = `articles: ${ids.length}, URLs: ${keys.size}, captures: ${captures}, bodies that quote erased text: ${bodies.withheld}`;
    await addAuditEntry(store, { at: now(), ...audit, action: "erase", detail });
  }
  return { articles: target.articles, addresses: keys.size, captures, bodies, elsewhere, sources };
}

async function eraseCaptures(
  store: Store,
  finds: Finds,
  keys: ReadonlySet<string>,
  { dryRun, progress }: EraseOptions,
): Promise<number> {
  let [seen, gone] = [0, 0];
  for await (const piece of readInBatches(store.collections.captures)) {
    const found = piece.filter((capture: Capture) => findsIn(finds, capture));
    gone += dryRun ? found.filter(({ linkId }) => !keys.has(linkId)).length : found.length;
    if (!dryRun && found.length > 0) await removeCaptures(store, found);
    progress("captures", (seen += piece.length));
  }
  return dryRun ? gone + (await capturesOfLinks(store, [...keys])).length : gone;
}

interface BodyCount {
  /**
   * Number of stored feeds, lists and pages that contain what is erased. They were removed, or only
   * counted in a dry run.
   */
  withheld: number;
  /** Ids of other articles that also contain the erased words. The bodies of their pages stay. */
  copies: string[];
  /** Ids of bodies that couldn't be searched because they were lost or changed in storage. */
  unread: string[];
}

type Read = NamedBody & { body: Body };

/**
 * Removes stored feeds, lists and pages that contain what is to be erased. Keeps pages of other
 * articles with the same words. With `dryRun`, only counts.
 */
async function eraseBodies(
  store: Store,
  { keys, finds }: { keys: ReadonlySet<string>; finds: Finds },
  { dryRun, progress }: EraseOptions,
): Promise<BodyCount> {
  let seen = 0;
  let withheld = 0;
  const copies = new Set<string>();
  const unread: string[] = [];
  for await (const piece of readBodiesInBatches(store)) {
    const found: Read[] = [];
    for (const entry of piece.filter(isRead)) {
      // `removeKeys` removes the bodies of the erased pages themselves.
      const foreign = entry.captures.some(({ linkId }) => !keys.has(linkId));
      const orphan = entry.captures.length === 0;
      if ((foreign || orphan) && (await bodyHolds(entry.body, entry.captures, finds))) {
        found.push(entry);
      }
    }
    unread.push(...piece.flatMap((entry) => (isRead(entry) ? [] : entry.id)));
    const staying = await copiesAmong(store, found, finds);
    for (const { articleId } of staying) copies.add(articleId);
    const stored = new Set(staying.map(({ bodyId }) => bodyId));
    const gone = found.filter(({ body }) => !stored.has(body._id));
    withheld += gone.length;
    if (!dryRun) {
      await withholdBodies(
        store,
        gone.map(({ body }) => body._id),
      );
    }
    progress("bodies", (seen += piece.length));
  }
  return { withheld, copies: [...copies], unread };
}

function isRead(entry: NamedBody): entry is Read {
  return !isLost(entry.body);
}

async function bodyHolds(body: Body, captures: CaptureOfBody[], finds: Finds): Promise<boolean> {
  try {
    const { bytes } = await decode(body.bytes, body.encoding, LIMITS.decodedBytes);
    // Responses with the same bytes can declare different charsets.
    const types = captures.map(({ headers }) => headers["content-type"] ?? "");
    const byCharset = new Map(
      (types.length > 0 ? types : [""]).map((type) => [labelIn(type)?.toLowerCase(), type]),
    );
    return [...byCharset.values()].some((type) => finds(decodeText(bytes, type).text));
  } catch {
    // Search the stored bytes of a body that is truncated or doesn't have the coding of its header.
    return finds(Buffer.from(body.bytes).toString("latin1"));
  }
}

async function copiesAmong(
  store: Store,
  found: Read[],
  finds: Finds,
): Promise<{ bodyId: string; articleId: string }[]> {
  const pages = found.flatMap(({ body, captures }) =>
    captures
      .filter(({ kind }) => kind === "article")
      .map(({ linkId }) => ({ bodyId: body._id, linkId })),
  );
  const owners = await articlesOfKeys(
    store,
    pages.map(({ linkId }) => linkId),
  );
  const articles = await getArticles(store, [...new Set(owners.values())]);
  const saying = [...articles.values()].filter(({ title, teaser, text }) =>
    findsIn(finds, [title, teaser, text]),
  );
  const ids = new Set(saying.map(({ _id }) => _id));
  return pages.flatMap(({ bodyId, linkId }) => {
    const articleId = owners.get(linkId);
    return articleId && ids.has(articleId) ? [{ bodyId, articleId }] : [];
  });
}

async function erasePreviews(
  store: Store,
  { keys, finds }: { keys: ReadonlySet<string>; finds: Finds },
  { dryRun, progress }: EraseOptions,
): Promise<number> {
  const found: string[] = [];
  // One at a time, because a preview can be several megabytes.
  for (const id of await previewIds(store)) {
    const preview = await getPreview(store, id);
    if (preview && holds(preview, keys, finds)) found.push(id);
  }
  if (!dryRun) await removePreviews(store, found);
  progress("previews", found.length);
  return found.length;
}

function holds({ pages, ...rest }: Preview, keys: ReadonlySet<string>, finds: Finds): boolean {
  return findsIn(finds, rest) || pages.some((page) => isOf(page, keys) || finds(textOf(page)));
}

function isOf({ url, finalUrl }: PreviewPage, keys: ReadonlySet<string>): boolean {
  return [url, finalUrl].some((one) => one !== null && keys.has(urlKey(one)));
}

function textOf({ url, body, headers }: PreviewPage): string {
  if (!body) return url;
  return `${url} ${decodeText(gunzipSync(body), headers["content-type"]).text}`;
}

/** These collections are erased separately or contain no text from sites. */
const SKIPPED_COLLECTIONS: readonly (keyof Collections)[] = [
  "articles",
  "revisions",
  "texts",
  "changes",
  "aliases",
  "links",
  "captures",
  "bodies",
  "fingerprints",
  "corrections",
  "previews",
  "tombstones",
  "days",
  "statistics",
  "sourceDays",
  "meta",
  "sessions",
  "keys",
  "users",
  "sources",
];

async function redactElsewhere(
  store: Store,
  finds: Finds,
  { dryRun, progress }: EraseOptions,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, collection] of Object.entries(store.collections)) {
    if (SKIPPED_COLLECTIONS.some((apart) => apart === name)) continue;
    const count = await redactIn(collection as unknown as Collection, finds, dryRun);
    if (count > 0) counts[name] = count;
    progress(name, count);
  }
  return counts;
}

async function redactIn(collection: Collection, finds: Finds, dryRun: boolean): Promise<number> {
  let count = 0;
  for await (const piece of readInBatches(collection)) {
    for (const document of piece) {
      if (!findsIn(finds, document)) continue;
      count++;
      const { _id, ...rest } = document;
      if (!dryRun) await collection.replaceOne({ _id }, redacted(finds, rest) as Document);
    }
  }
  return count;
}

async function sourcesNaming(store: Store, finds: Finds): Promise<string[]> {
  const { sources, links } = store.collections;
  const found = new Set<string>();
  for await (const piece of readInBatches(sources)) {
    for (const source of piece) if (findsIn(finds, source)) found.add(source._id);
  }
  for await (const piece of readInBatches(links)) {
    for (const link of piece) {
      if (link.kind !== "article" && findsIn(finds, link)) found.add(link.sourceId);
    }
  }
  return [...found];
}
