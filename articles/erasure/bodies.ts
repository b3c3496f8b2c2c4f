import { LIMITS } from "../../config/limits.ts";
import { decode, decodeText, labelIn } from "../../crawler/http/decode.ts";
import { type Body, isLost } from "../../model/crawl/capture.ts";
import {
  type CaptureOfBody,
  type NamedBody,
  readBodiesInBatches,
  withholdBodies,
} from "../../store/archive/erasure.ts";
import { articlesOfKeys, getArticles } from "../../store/articles/articles.ts";
import type { Store } from "../../store/store.ts";
import { type Finds, findsIn, type Progress } from "./subject.ts";

export interface BodyCount {
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
export async function eraseBodies(
  store: Store,
  { keys, finds }: { keys: ReadonlySet<string>; finds: Finds },
  { dryRun, progress }: { dryRun: boolean; progress: Progress },
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
      if ((foreign || orphan) && (await holds(entry.body, entry.captures, finds))) {
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

async function holds(body: Body, captures: CaptureOfBody[], finds: Finds): Promise<boolean> {
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
