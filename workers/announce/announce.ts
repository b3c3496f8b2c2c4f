import {
  ANNOUNCE_GRACE_MS,
  ANNOUNCE_RETRY_MS,
  isNoItem,
} from "../../articles/ingest/announcement.ts";
import { signalsOf } from "../../articles/ingest/capture.ts";
import type { ReadPage } from "../../articles/ingest/decide.ts";
import { type AnnouncedItem, sourceView } from "../../articles/reading/parse-tasks.ts";
import { bindingRights } from "../../articles/reading/verdict.ts";
import { withNextFetch } from "../../articles/revisions/revisits.ts";
import { hostRights, pageSignals } from "../../crawler/rights/page-signals.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Announcement, Link } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { UsageSignal } from "../../model/usage-rights.ts";
import { getArticles } from "../../store/articles/articles.ts";
import { tombstonesOf } from "../../store/articles/tombstones.ts";
import { getCaptures } from "../../store/crawl/captures.ts";
import { dueAnnouncements, recordAnnounced } from "../../store/crawl/links.ts";
import type { TurnDeps } from "../deps.ts";

/** Links that one round reads. */
const PER_ROUND = 100;
/** Rounds of one job; what is left comes with the next tick. */
const MAX_ROUNDS = 20;

type LinkChange = Parameters<typeof recordAnnounced>[1][number];

/** A link that is announced, with what it is announced by. */
type AnnouncedLink = Link & { announcement: Announcement };

/**
 * Publishes what entry points announced and whose pages don't come: those whose first attempt ended without an article,
 * and those that wait for longer than they may. What is published already is brought up to date with why there is no more
 * of it. Stored first, then the link says so: one that is lost between is found again, and its article changes nothing.
 * Answers how many links were dealt with.
 */
export async function announce(deps: TurnDeps): Promise<number> {
  let count = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = deps.now();
    const due = await dueAnnouncements(deps.store, now, PER_ROUND);
    const late = now.getTime() - ANNOUNCE_GRACE_MS;
    // A page that is being fetched comes complete in a moment.
    const ready = due.filter(({ claim, announceAt }) => !claim || Number(announceAt) < late);
    if (ready.length === 0) return count;
    await announceLinks(deps, ready);
    count += ready.length;
    if (ready.length < PER_ROUND) return count;
  }
  return count;
}

async function announceLinks(deps: TurnDeps, links: Link[]): Promise<void> {
  const { store } = deps;
  const ids = links.map(({ _id }) => _id);
  const [articles, buried] = await Promise.all([getArticles(store, ids), tombstonesOf(store, ids)]);
  const bySource = new Map<string, AnnouncedLink[]>();
  const dropped: Link[] = [];
  for (const link of links) {
    const { announcement } = link;
    const source = await deps.sources.get(link.sourceId);
    const isOver = !source?.active || source.publish !== "announced" || buried.has(link._id);
    const stays = articles.has(link._id) && link.reason !== "gone";
    if (!announcement || isOver || (isNoItem(link) && !stays)) dropped.push(link);
    else
      bySource.set(link.sourceId, [
        ...(bySource.get(link.sourceId) ?? []),
        { ...link, announcement },
      ]);
  }
  const changes = dropped.map(dropAnnouncement);
  for (const [sourceId, some] of bySource) {
    const source = await deps.sources.get(sourceId);
    if (source) changes.push(...(await publishSafely(deps, source, some, articles)));
  }
  await recordAnnounced(store, changes);
}

/** What was gone may be found by a later attempt; of anything else nothing is announced any more. */
function dropAnnouncement(link: Link): LinkChange {
  const set = link.reason === "gone" ? {} : { announcement: null };
  return { link, set: { ...set, announceAt: null } };
}

/** Publishes the items of a source, or each alone where one of them can't be: it harms only itself. */
async function publishSafely(
  deps: TurnDeps,
  source: SourceRecord,
  links: AnnouncedLink[],
  articles: ReadonlyMap<string, Article>,
): Promise<LinkChange[]> {
  try {
    return await publish(deps, source, links, articles);
  } catch (error) {
    if (links.length === 1) {
      const [link] = links;
      deps.log.error({ err: error, url: link?.url }, "what was announced can't be published");
      const later = new Date(deps.now().getTime() + ANNOUNCE_RETRY_MS);
      return links.map((one) => ({ link: one, set: { announceAt: later } }));
    }
  }
  const changes: LinkChange[] = [];
  for (const link of links) changes.push(...(await publishSafely(deps, source, [link], articles)));
  return changes;
}

async function publish(
  deps: TurnDeps,
  source: SourceRecord,
  links: AnnouncedLink[],
  articles: ReadonlyMap<string, Article>,
): Promise<LinkChange[]> {
  const captures = await getCaptures(deps.store, [
    ...links.flatMap(({ captureId }) => captureId ?? []),
    ...new Set(links.map(({ announcement }) => announcement.captureId)),
  ]);
  const known = await Promise.all(
    links.map(async (link) => {
      const signals = await signalsFor(deps, link, captures.get(link.captureId ?? ""));
      return { link, ...bindingRights(signals, source, deps.now()) };
    }),
  );
  // What may not be listed isn't stored; what is stored is hidden.
  const isShown = ({ link, reserved }: (typeof known)[number]) =>
    articles.has(link._id) || !reserved.includes("noindex");
  const shown = known.filter(isShown);
  const items = shown.map(
    ({ link: { hints, announcement }, signals }): AnnouncedItem => ({
      hints,
      text: announcement.text,
      seenAt: announcement.seenAt,
      signals,
    }),
  );
  const task = { task: "announce", source: sourceView(source), now: deps.now(), items } as const;
  const extracted = items.length > 0 ? await deps.parser.announce(task) : [];
  const pages = shown.flatMap(({ link, binding, reserved }, index): ReadPage[] => {
    const { article, extraction } = extracted[index] ?? {};
    if (!article || !extraction) return [];
    const entry = captures.get(link.announcement.captureId);
    if (!entry)
      throw new Error(`response ${link.announcement.captureId}, which announced it, is missing`);
    // It speaks of the item's own address.
    const capture = { ...entry, finalUrl: link.foundUrl, hops: [], runId: link.runId };
    const { embargo } = source.rights;
    const reading = {
      extracted: { article, extraction },
      capture,
      sourceId: source._id,
      sourceVersion: source.version,
      rights: binding,
      reserved,
      ...(embargo !== undefined && { embargo }),
      announced: { because: link.reason },
    };
    return [{ link, capture, reading }];
  });
  await deps.commit.readAgain(pages);
  return [
    ...known.filter((one) => !isShown(one)).map(({ link }) => dropAnnouncement(link)),
    ...shown.map(({ link }) => ({ link, set: publishedSet(link, deps.now()) })),
  ];
}

/** What is said of the use of an item: by the response that came in place of its page, else by its host alone. */
async function signalsFor(
  { hosts, settings, now }: TurnDeps,
  { foundUrl, host: id }: Link,
  capture: Capture | undefined,
): Promise<UsageSignal[]> {
  if (capture) return signalsOf(capture);
  const host = await hosts.get(id);
  const { product } = settings;
  const rights = host ? { host: hostRights(host, product, foundUrl) } : {};
  return pageSignals({ url: foundUrl, product, seenAt: now(), headers: {}, ...rights });
}

/** The link of an article that is published by its announcement, with when its page is tried again. */
function publishedSet(link: Link, now: Date): Partial<Link> {
  const set = { articleId: link._id, announceAt: null };
  if (link.state === "due" || link.nextFetchAt) return set;
  const context = { reading: null, revised: false, rates: undefined, now };
  const { nextFetchAt = null, revisits } = withNextFetch(
    link,
    { ...set, state: link.state },
    context,
  );
  return { ...set, nextFetchAt, ...(revisits && { revisits }) };
}
