import { probeKeys } from "../dedupe/fingerprint.ts";
import type { Article, ArticleFields } from "../model/article.ts";
import type { Capture } from "../model/capture.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { Link } from "../model/link.ts";
import type { Revision } from "../model/revision.ts";
import { articlesOfKeys, claimAliases } from "../store/aliases.ts";
import {
  type ArticleWrite,
  addRevisions,
  getArticles,
  touchArticles,
  writeArticles,
} from "../store/articles.ts";
import { correctionsOf } from "../store/corrections.ts";
import { putFingerprints, similarFingerprints } from "../store/fingerprints.ts";
import type { Store } from "../store/store.ts";
import { joinStories } from "../store/stories.ts";
import { addressOf, type Draft, type Reading } from "./article.ts";
import { type Decision, decide, mergeInto } from "./decide.ts";
import { type Arrival, identify, keysOf } from "./identity.ts";

/** Tries when another process changes the same articles at the same moment. */
const TRIES = 5;

/** What becomes of a link. */
type Outcome = Pick<Link, "state" | "dueAt" | "articleId" | "outcome" | "reason" | "detail">;

/** What becomes of a link, and whether its article has a new revision. */
type Committed = Outcome & { revised: boolean };

/** A page that holds an article, and the link that led to it. */
export interface ArticlePage {
  link: Link;
  capture: Capture;
  reading: Reading;
}

/** Stores the articles of a batch; answers what became of each link. */
export async function commitArticles(
  store: Store,
  read: ArticlePage[],
  options: { timezone: string; now(): Date },
): Promise<Map<string, Committed>> {
  if (read.length === 0) return new Map();
  const ids = await resolveIds(store, read, options.now());
  const outcomes = new Map<string, Committed>();
  let open = read.map((entry, index) => ({ ...entry, articleId: ids[index] ?? entry.link._id }));
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === TRIES) throw new Error("articles keep changing under us; the turn is repeated");
    const { decisions, lost } = await decideAndWrite(store, open, options);
    for (const { link, articleId, outcome, revised } of decisions) {
      if (lost.has(articleId)) continue;
      const again = outcome === "updated" && revised !== null;
      outcomes.set(link._id, { ...done(articleId, outcome), revised: again });
    }
    open = open.filter(({ articleId }) => lost.has(articleId));
  }
  return outcomes;
}

function done(articleId: string, outcome: Link["outcome"]): Outcome {
  return { state: "done", dueAt: null, articleId, outcome, reason: null, detail: null };
}

/** The article of each page, with all its addresses claimed. */
async function resolveIds(store: Store, read: ArticlePage[], now: Date): Promise<string[]> {
  const arrivals: Arrival[] = read.map(({ link, capture, reading }) => ({
    link,
    hops: capture.hops,
    finalUrl: capture.finalUrl,
    address: addressOf(reading),
    ampUrl: reading.extracted.extraction.page.ampUrl,
  }));
  const keys = [...new Set(arrivals.flatMap(keysOf))];
  const identities = identify(arrivals, await articlesOfKeys(store, keys), now);
  const granted = await claimAliases(
    store,
    identities.flatMap((identity) => identity.aliases),
  );
  if (granted) return identities.map(({ articleId }) => articleId);
  // Another process claimed an address first: what the store says now, counts.
  const owners = await articlesOfKeys(store, keys);
  return identify(arrivals, owners, now).map(({ articleId }) => articleId);
}

async function decideAndWrite(
  store: Store,
  open: (ArticlePage & { articleId: string })[],
  options: { timezone: string; now(): Date },
): Promise<{ decisions: Decision[]; lost: Set<string> }> {
  const existing = await getArticles(store, [...new Set(open.map((entry) => entry.articleId))]);
  const prints = open.map(({ reading, articleId }): Fingerprint => {
    const print = reading.extracted.article.fingerprint;
    const first = existing.get(articleId)?.firstSeenAt;
    return { ...print, _id: articleId, at: first && first < print.at ? first : print.at };
  });
  const [corrections] = await Promise.all([
    correctionsOf(store, [...existing.keys()]),
    putFingerprints(store, prints),
  ]);
  const candidates = await similarFingerprints(store, [...new Set(prints.flatMap(probeKeys))]);
  const asked = new Set(open.map(({ articleId }) => articleId));
  const told = await storiesOf(store, candidates, { existing, asked });
  const decisions = decide(open, {
    existing,
    corrections,
    prints,
    candidates,
    told,
    ...options,
  });
  return { decisions, lost: await storeDecisions(store, decisions, options.now()) };
}

/** The stored articles behind candidates, and those that stand for their stories. */
async function storiesOf(
  store: Store,
  candidates: Fingerprint[],
  { existing, asked }: { existing: Map<string, Article>; asked: ReadonlySet<string> },
): Promise<Map<string, Article>> {
  const missing = candidates.map(({ _id }) => _id).filter((id) => !asked.has(id));
  const told = new Map([...existing, ...(await getArticles(store, missing))]);
  const heads = [...told.values()].map(({ storyId }) => storyId).filter((id) => !told.has(id));
  return new Map([...told, ...(await getArticles(store, [...new Set(heads)]))]);
}

/** Writes what was decided; answers the articles that others changed meanwhile. */
async function storeDecisions(
  store: Store,
  decisions: Decision[],
  now: Date,
): Promise<Set<string>> {
  const writes = decisions.flatMap((decision) => decision.writes);
  const lost = new Set(await writeArticles(store, writes));
  const won = decisions.filter(({ writes: [own] }) => !own || !lost.has(own));
  await moveAgain(store, won, lost, now);
  await Promise.all([
    addRevisions(
      store,
      won.flatMap(({ revised }) => (revised ? revisionOf(revised, now) : [])),
    ),
    joinStories(
      store,
      won.flatMap(({ join }) => join ?? []),
      now,
    ),
    touchArticles(
      store,
      won.flatMap(({ writes: [own], articleId, seenAt }) =>
        own ? [] : { id: articleId, at: seenAt },
      ),
    ),
  ]);
  const ids = new Set(won.map(({ articleId }) => articleId));
  return new Set(decisions.map(({ articleId }) => articleId).filter((id) => !ids.has(id)));
}

/** Articles that changed while their story got another head follow it as they are now. */
async function moveAgain(
  store: Store,
  won: Decision[],
  lost: Set<ArticleWrite>,
  now: Date,
): Promise<void> {
  let open = won.flatMap(({ writes: [, ...moved] }) => moved.filter((write) => lost.has(write)));
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === TRIES) throw new Error("articles keep changing under us; the turn is repeated");
    const heads = new Map(open.map(({ article }) => [article._id, article.storyId]));
    const stored = await getArticles(store, [...heads.keys()]);
    const apart = [...stored.values()].filter(({ _id, storyId }) => storyId !== heads.get(_id));
    open = await writeArticles(
      store,
      apart.map((article) => mergeInto(heads.get(article._id) ?? article._id, article, now)),
    );
  }
}

function revisionOf(article: Draft, at: Date): Revision {
  const { _id: articleId, revision, contentHash, captureId, extractor, sourceVersion } = article;
  const { kind, because } = article.revised ?? {};
  const origin = { contentHash, captureId, extractor, sourceVersion, at };
  return {
    _id: `${articleId}:${revision}`,
    articleId,
    revision,
    fields: fieldsOf(article),
    ...(kind && because !== undefined && { kind, because }),
    ...origin,
  };
}

function fieldsOf(article: Draft): ArticleFields {
  const { title, text, html, teaser, authors, publishedAt, publishedPrecision } = article;
  const { modifiedAt, language, section, tags, image, siteName, canonicalUrl } = article;
  const { publishedOffset, isAccessibleForFree, wordCount } = article;
  return {
    title,
    text,
    html,
    teaser,
    authors,
    publishedAt,
    publishedPrecision,
    ...(publishedOffset !== undefined && { publishedOffset }),
    modifiedAt,
    language,
    section,
    tags,
    image,
    siteName,
    canonicalUrl,
    isAccessibleForFree,
    wordCount,
  };
}
