import { type TimeStage, untimed } from "../../config/telemetry/stage.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Link } from "../../model/crawl/link.ts";
import { claimAliases, noteVersions, ownersOfKeys } from "../../store/articles/aliases.ts";
import {
  addRevisions,
  getArticles,
  touchArticles,
  writeArticles,
} from "../../store/articles/articles.ts";
import { correctionsOf } from "../../store/articles/corrections.ts";
import type { Store } from "../../store/store.ts";
import { addressOf, type Reading } from "../publication/article.ts";
import { type Decision, decide, type Grounds } from "../publication/decide.ts";
import { type Arrival, identify, isVersion, keysOf, variantsOf } from "../publication/identity.ts";
import { revisionOf } from "../revisions/revision-of.ts";
import { type Placement, placeArticles } from "../stories/place-articles.ts";
import { mendStories, settle } from "../stories/stories.ts";

/** Tries when another process changes the same articles at the same moment. */
const TRIES = 5;

/** What becomes of a link. */
type Outcome = Pick<Link, "state" | "dueAt" | "articleId" | "outcome" | "reason" | "detail">;

/** What becomes of a link; whether its article has a new revision, and whether by its publisher. */
type Committed = Outcome & { revised: boolean; rewritten: boolean };

/** What storing articles goes by. */
export interface CommitOptions extends Pick<Grounds, "timezone" | "ruled" | "now"> {
  /** How long a page waits for others to be stored with it, ms; `LIMITS.commitDelay` without it. */
  company?: number;
  /** Times the stages `dedupe` and `store`; nothing is timed without it. */
  timed?: TimeStage;
}

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
  options: CommitOptions,
): Promise<Map<string, Committed>> {
  if (read.length === 0) return new Map();
  const told = await resolveIds(store, read, options.now());
  const outcomes = new Map<string, Committed>();
  let open = read.map((entry, index): Entry => {
    return { ...entry, articleId: entry.link._id, isVersion: false, ...told[index] };
  });
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === TRIES) throw new Error("articles keep changing under us; the turn is repeated");
    const { decisions, lost, copies } = await decideAndWrite(store, open, options);
    for (const decision of decisions) {
      const { link, articleId, revised, before } = decision;
      if (lost.has(articleId)) continue;
      const outcome = isStoredByLost(decision) ? "new" : decision.outcome;
      const again = outcome === "updated" && revised !== null;
      const isCopy = outcome === "new" && (copies.has(articleId) || Boolean(before?.duplicateOf));
      const rewritten = again && revised.revised?.kind !== "reading";
      const became = done(articleId, isCopy ? "copy" : outcome);
      outcomes.set(link._id, { ...became, revised: again, rewritten });
    }
    open = open.filter(({ articleId }) => lost.has(articleId));
  }
  return outcomes;
}

/** Whether a worker stored the article and ended before it said so of the link. */
function isStoredByLost({ link, articleId, outcome }: Decision): boolean {
  return outcome === "unchanged" && link.articleId === null && articleId === link._id;
}

function done(articleId: string, outcome: Link["outcome"]): Outcome {
  return { state: "done", dueAt: null, articleId, outcome, reason: null, detail: null };
}

/** The article of each page, with all its addresses claimed. */
async function resolveIds(
  store: Store,
  read: ArticlePage[],
  now: Date,
): Promise<Pick<Entry, "articleId" | "isVersion">[]> {
  const arrivals: Arrival[] = read.map(({ link, capture, reading }) => ({
    link,
    hops: capture.hops,
    finalUrl: capture.finalUrl,
    address: addressOf(reading),
    variants: variantsOf(reading.extracted.extraction, capture.finalUrl),
  }));
  const keys = [...new Set(arrivals.flatMap(keysOf))];
  let owners = await ownersOfKeys(store, keys);
  let identities = identify(arrivals, owners, now);
  const granted = await claimAliases(
    store,
    identities.flatMap((identity) => identity.aliases),
  );
  if (!granted) {
    // Another process claimed an address first: what the store says now, counts.
    owners = await ownersOfKeys(store, keys);
    identities = identify(arrivals, owners, now);
  }
  await noteVersions(
    store,
    identities.flatMap(({ version }) => version ?? []),
  );
  return identities.map(({ articleId }, index) => {
    return { articleId, isVersion: isVersion(owners.get(arrivals[index]?.link._id ?? "")) };
  });
}

/** A page, which article it is of, and whether as a version that another page speaks for. */
interface Entry extends ArticlePage {
  articleId: string;
  isVersion: boolean;
}

async function decideAndWrite(
  store: Store,
  open: Entry[],
  options: CommitOptions,
): Promise<{ decisions: Decision[]; lost: Set<string>; copies: Set<string> }> {
  const existing = await getArticles(store, [...new Set(open.map((entry) => entry.articleId))]);
  const corrections = await correctionsOf(store, [...existing.keys()]);
  const decisions = decide(open, { existing, corrections, ...options });
  const { timed = untimed } = options;
  const placement = await timed("dedupe", () => placeArticles(store, decisions, options.now()));
  const lost = await storeDecisions(store, decisions, placement, options.now);
  const copies = [...placement.own].filter(([, { article }]) => article.duplicateOf !== null);
  return { decisions, lost, copies: new Set(copies.map(([id]) => id)) };
}

/** Writes what was decided; answers the articles that others changed meanwhile. */
async function storeDecisions(
  store: Store,
  decisions: Decision[],
  { own, moved, standing }: Placement,
  now: () => Date,
): Promise<Set<string>> {
  const losing = new Set(await writeArticles(store, [...own.values(), ...moved]));
  const lost = new Set([...losing].map(({ article }) => article._id));
  const again = await settle(store, standing, { open: lost, now: now() });
  await mendStories(store, again, now);
  const isLost = ({ articleId }: Decision) => {
    const write = own.get(articleId);
    return write !== undefined && losing.has(write);
  };
  const won = decisions.filter((decision) => !isLost(decision));
  await Promise.all([
    addRevisions(
      store,
      won.flatMap(({ revised }) => (revised ? revisionOf(revised, now()) : [])),
    ),
    touchArticles(
      store,
      won.flatMap(({ draft, articleId, seenAt }) => (draft ? [] : { id: articleId, at: seenAt })),
    ),
  ]);
  return new Set(decisions.filter(isLost).map(({ articleId }) => articleId));
}
