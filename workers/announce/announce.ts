import { retractArticle } from "../../articles/editorial/retract.ts";
import type { ReadPage } from "../../articles/ingest/decide.ts";
import { ANNOUNCE_GRACE_MS, ANNOUNCE_RETRY_MS, isNoItem } from "../../articles/ingest/links.ts";
import {
  type AnnouncedItem,
  bindingRights,
  sourceView,
} from "../../articles/reading/parse-tasks.ts";
import { sourceFieldsOf } from "../../articles/revisions/draft.ts";
import { withNextFetch } from "../../articles/revisions/revisits.ts";
import { hostRights, pageSignals } from "../../crawler/rights/page-signals.ts";
import { chunksOf } from "../../lib/async.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Announcement, Link, LinkChanges } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { UsageSignal } from "../../model/usage-rights.ts";
import { getArticles, tombstonesOf } from "../../store/articles/articles.ts";
import { getCaptures } from "../../store/crawl/captures.ts";
import {
  dueAnnouncements,
  recheckAnnouncements,
  recordAnnounced,
} from "../../store/crawl/links.ts";
import { isUnreachable } from "../../store/queries.ts";
import type { TurnDeps } from "../deps.ts";

const LINKS_PER_ROUND = 100;
const MAX_ROUNDS = 20;

type AnnouncedChange = Parameters<typeof recordAnnounced>[1][number];

interface Announced {
  link: Link;
  announcement: Announcement;
  source: SourceRecord;
}

/**
 * Publishes announcements of articles whose pages failed or are late, and returns the number of
 * links.
 */
export async function announce(deps: TurnDeps): Promise<number> {
  let count = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = deps.now();
    const due = await dueAnnouncements(deps.store, now, LINKS_PER_ROUND);
    const late = now.getTime() - ANNOUNCE_GRACE_MS;
    // A page that is being fetched will be complete in a moment.
    const ready = due.filter(({ claim, announceAt }) => !claim || Number(announceAt) < late);
    if (ready.length > 0) await announceLinks(deps, ready);
    deps.noteProgress();
    count += ready.length;
    if (ready.length === 0 || due.length < LINKS_PER_ROUND) return count;
  }
  return count;
}

async function announceLinks(deps: TurnDeps, links: Link[]): Promise<void> {
  const { store } = deps;
  const ids = links.map(({ _id }) => _id);
  const [articles, buried] = await Promise.all([getArticles(store, ids), tombstonesOf(store, ids)]);
  await retractGone(deps, links, articles);
  const announced: Announced[] = [];
  const dropped: Link[] = [];
  for (const link of links) {
    const { announcement } = link;
    const source = await deps.sources.get(link.sourceId);
    const isOver = !source?.active || source.publish !== "announced" || buried.has(link._id);
    const stays = articles.has(link._id) && link.reason !== "gone";
    if (!announcement || isOver || (isNoItem(link) && !stays)) dropped.push(link);
    else announced.push({ link, announcement, source });
  }
  // Articles are stored before links, so that after a crash the next call finds the articles.
  const published = await publishSafely(deps, announced, articles);
  const changes = [...dropped.map(endAnnouncement), ...published];
  if ((await recordAnnounced(store, changes)) === changes.length) return;
  // If an attempt has ended in the meantime, its announcement is checked again.
  const stored = changes.flatMap(({ set }) => set.articleId ?? []);
  await recheckAnnouncements(store, stored, deps.now());
}

async function retractGone(
  { store, now }: TurnDeps,
  links: readonly Link[],
  articles: ReadonlyMap<string, Article>,
): Promise<void> {
  const untried = links.filter(({ _id, reason, articleId }) => {
    const article = articles.get(_id);
    const isAnnounced = article?.completeness === "announced" && article.status === "published";
    return reason === "gone" && isAnnounced && (!article.incompleteReason || articleId === null);
  });
  for (const { _id, detail, captureId } of untried) {
    const because = detail ?? "its page is gone";
    const retraction = { cause: "gone", because, at: now(), captureId } as const;
    await retractArticle(store, { _id, articleId: _id }, retraction);
  }
}

function endAnnouncement(link: Link): AnnouncedChange {
  // A later attempt might find the page after all.
  const set = link.reason === "gone" ? {} : { announcement: null };
  return { link, set: { ...set, announceAt: null } };
}

/** Halves a group that fails, so that a bad announcement doesn't delay the others. */
async function publishSafely(
  deps: TurnDeps,
  announced: Announced[],
  articles: ReadonlyMap<string, Article>,
): Promise<AnnouncedChange[]> {
  const [first] = announced;
  if (!first) return [];
  try {
    return await publish(deps, announced, articles);
  } catch (error) {
    if (isUnreachable(error)) throw error;
    if (announced.length === 1) {
      const { link } = first;
      deps.log.error(
        { err: error, url: link.url },
        "can't publish the announcement; trying again later",
      );
      const announceAt = new Date(deps.now().getTime() + ANNOUNCE_RETRY_MS);
      return [{ link, set: { announceAt } }];
    }
  }
  const changes: AnnouncedChange[] = [];
  for (const half of chunksOf(announced, Math.ceil(announced.length / 2)))
    changes.push(...(await publishSafely(deps, half, articles)));
  return changes;
}

async function publish(
  deps: TurnDeps,
  announced: Announced[],
  articles: ReadonlyMap<string, Article>,
): Promise<AnnouncedChange[]> {
  const captures = await getCaptures(deps.store, [
    ...announced.flatMap(({ link }) => link.captureId ?? []),
    ...new Set(announced.map(({ announcement }) => announcement.captureId)),
  ]);
  const known = await Promise.all(
    announced.map(async (one) => {
      const signals = await signalsFor(deps, one.link, captures.get(one.link.captureId ?? ""));
      return { ...one, ...bindingRights(signals, one.source, deps.now()), signals };
    }),
  );
  // An article that must not be listed isn't stored. If it is stored already, it is hidden.
  const isShown = ({ link, reserved }: (typeof known)[number]) =>
    articles.has(link._id) || !reserved.includes("noindex");
  const shown = known.filter(isShown);
  const views = new Map(shown.map(({ source }) => [source, sourceView(source)]));
  const items = shown.map(({ link, announcement, source, signals }): AnnouncedItem => {
    const { text, seenAt } = announcement;
    const view = views.get(source) ?? sourceView(source);
    return { source: view, hints: link.hints, text, seenAt, signals };
  });
  const extracted = items.length > 0 ? await deps.parser.announce({ items }) : [];
  const pages = shown.flatMap(
    ({ link, announcement, source, binding, reserved }, index): ReadPage[] => {
      const { article, extraction } = extracted[index] ?? {};
      if (!article || !extraction) return [];
      const entry = captures.get(announcement.captureId);
      if (!entry)
        throw new Error(`the response ${announcement.captureId} with the announcement is missing`);
      // The announcement is about the article's own URL.
      const capture = { ...entry, finalUrl: link.foundUrl, hops: [], runId: link.runId };
      const reading = {
        extracted: { article, extraction },
        capture,
        ...sourceFieldsOf(source),
        rights: binding,
        reserved,
        announced: { because: link.reason },
      };
      return [{ link, capture, reading }];
    },
  );
  await deps.commit.storeArticles(pages);
  return [
    ...known.filter((one) => !isShown(one)).map(({ link }) => endAnnouncement(link)),
    ...shown.map(({ link }) => ({ link, set: publishedSet(link, deps.now()) })),
  ];
}

async function signalsFor(
  { hosts, settings, now }: TurnDeps,
  { foundUrl, host: id, hints: { usage: known } }: Link,
  capture: Capture | undefined,
): Promise<UsageSignal[]> {
  if (capture) return capture.rights ?? [];
  const host = await hosts.get(id);
  const { product } = settings;
  const rights = host ? { host: hostRights(host, product, foundUrl) } : {};
  return pageSignals({ url: foundUrl, product, seenAt: now(), headers: {}, known, ...rights });
}

function publishedSet(link: Link, now: Date): LinkChanges {
  const set = { articleId: link._id, announceAt: null };
  if (link.state === "due" || link.nextFetchAt) return set;
  const context = { reading: null, revised: false, rates: undefined, now };
  const result = { ...set, state: link.state };
  const { nextFetchAt = null, revisits } = withNextFetch(link, result, context);
  return { ...set, nextFetchAt, ...(revisits && { revisits }) };
}
