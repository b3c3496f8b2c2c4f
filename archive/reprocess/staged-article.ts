import type { Classification } from "../../articles/classify/classify.ts";
import type { ReadPage } from "../../articles/ingest/decide.ts";
import type { Left } from "../../articles/ingest/reread.ts";
import { isSameForReaders } from "../../articles/revisions/visible-difference.ts";
import { shortHash } from "../../lib/hash.ts";
import type { StagedArticle, StagedPage } from "../../model/archive/staging-set.ts";
import type { Article } from "../../model/articles/article.ts";
import { stagedArticleId } from "../../store/articles/staging-sets.ts";
import { getCapture } from "../../store/crawl/captures.ts";
import { getLink } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import type { Derivation } from "./plan.ts";
import { differencesOf } from "./report.ts";

/** Fields that derivations don't depend on: an article can be promoted although they changed. */
const IGNORED_FIELDS = new Set<string>([
  "version",
  "pending",
  "pendingAt",
  "lastSeenAt",
  "traceId",
  "duplicateOf",
  "storyId",
] satisfies (keyof Article)[]);

function basisOf(article: Article): string {
  const parts = Object.entries(article).filter(([name]) => !IGNORED_FIELDS.has(name));
  return shortHash(JSON.stringify(parts.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

export function stageArticle(
  { before, draft, page, visible }: Derivation,
  { stagingSet, expiresAt }: Pick<StagedArticle, "stagingSet" | "expiresAt">,
): StagedArticle {
  const changes = differencesOf(before, draft);
  return {
    _id: stagedArticleId(stagingSet, before._id),
    stagingSet,
    articleId: before._id,
    state: "open",
    left: null,
    basis: basisOf(before),
    visible,
    changes,
    fields: Object.keys(changes),
    draft,
    page: page && toStagedPage(page),
    expiresAt,
  };
}

function toStagedPage({ link, reading }: ReadPage): StagedPage {
  const { extraction, article } = reading.extracted;
  return {
    linkId: link._id,
    extraction: { ...extraction, fields: { ...extraction.fields, text: null, html: null } },
    classified: article.classified,
    features: article.fingerprint,
    reserved: reading.reserved ?? null,
    embargo: reading.embargo ?? null,
  };
}

/**
 * Returns the derivation that replaces the article with a staged one, or why that isn't possible.
 * `resumed` means that an earlier, interrupted process could have written the article.
 */
export async function meet(
  store: Store,
  stagedArticle: StagedArticle,
  article: Article | undefined,
  resumed: boolean,
): Promise<Derivation | ({ before: { _id: string } } & Left)> {
  const left = (why: string) => ({ before: { _id: stagedArticle.articleId }, left: why });
  if (!article) return left("the article no longer exists");
  if (!stagedArticle.draft) return left("its staged version is no longer stored");
  const { version, lastSeenAt, duplicateOf, storyId } = article;
  const draft = { ...stagedArticle.draft, version, lastSeenAt, duplicateOf, storyId };
  const isWritten = resumed && isSameForReaders(article, draft);
  if (!isWritten && stagedArticle.basis !== basisOf(article))
    return left("the article has changed since it was staged");
  const page = stagedArticle.page && (await pageOf(store, stagedArticle.page, draft));
  if (page && "left" in page) return left(page.left);
  const visible = !isSameForReaders(article, draft);
  return { before: article, draft, page, visible, differs: !isWritten };
}

async function pageOf(
  store: Store,
  { linkId, extraction, classified, features, reserved, embargo }: StagedPage,
  draft: NonNullable<StagedArticle["draft"]>,
): Promise<ReadPage | Left> {
  const [link, capture] = await Promise.all([
    getLink(store, linkId),
    getCapture(store, draft.captureId),
  ]);
  if (!link) return { left: "its link no longer exists" };
  if (!capture) return { left: "its response is no longer stored" };
  const { text, html, extractor, derived, sourceId, sourceVersion } = draft;
  const fields = { ...extraction.fields, text, html };
  const article = { classified: classified as Classification, fingerprint: features };
  const rules = { extractor, language: derived?.language ?? "" };
  return {
    link,
    capture,
    reading: {
      extracted: { extraction: { ...extraction, fields }, article },
      capture,
      sourceId,
      sourceVersion,
      rules,
      ...(reserved && { reserved }),
      ...(embargo !== null && { embargo }),
    },
  };
}
