import { goneAgain, goneVerdict } from "../../articles/classify/classify.ts";
import { recordBuried } from "../../articles/ingest/commit.ts";
import { redirectedSet, skippedSet } from "../../articles/ingest/links.ts";
import { judgeNotModified, type Received } from "../../crawler/http/response.ts";
import { isOurs } from "../../crawler/links/entry-points.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { pageSignals } from "../../crawler/rights/page-signals.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { Skipped } from "../../model/crawl/outcome.ts";
import { sameSignals } from "../../model/usage-rights.ts";
import {
  articlesOfKeys,
  claimAliases,
  getArticles,
  latestOf,
  tombstonesOf,
} from "../../store/articles/articles.ts";
import { getCapture } from "../../store/crawl/captures.ts";
import { ensureHosts, getHost, noteHostFetches } from "../../store/crawl/hosts.ts";
import { knownLinks, scheduleRevisits } from "../../store/crawl/links.ts";
import type { Attempt, KnownAttempt, TurnDeps } from "../deps.ts";
import { wakeHost } from "../schedule/tick.ts";
import { reviveArticlePages } from "./article.ts";
import { keepCapture, noteContradictions } from "./capture.ts";

/**
 * Stores a response that shows that the page hasn't changed, such as a 304. Fetches the page again
 * if the headers contain new usage signals.
 */
export async function keepUnchanged(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
): Promise<void> {
  const { link } = attempt;
  if (await hasNewSignals(deps, link, received)) {
    const again = { state: "due", dueAt: deps.now(), reason: null, detail: null } as const;
    return keepCapture(deps, attempt, received, { ...again, validators: {} });
  }
  if (link.articlePages?.length) await reviveArticlePages(deps, attempt);
  const unreliability = judgeNotModified(link);
  if (unreliability) {
    const contradiction = { kind: "validators", evidence: unreliability.proof } as const;
    await noteContradictions(deps, attempt.host, [contradiction]);
  }
  await keepCapture(deps, attempt, received, {
    state: "done",
    dueAt: null,
    outcome: "unchanged",
    notModified: link.notModified + 1,
    ...(unreliability && { audits: unreliability.audits }),
  });
}

async function hasNewSignals(
  { store, settings, now }: TurnDeps,
  { articleId }: Link,
  { url, headers }: Received,
): Promise<boolean> {
  const page = { url, headers, product: settings.product, seenAt: now() };
  const signals = pageSignals(page).filter(({ place }) => place === "header");
  if (articleId === null || signals.length === 0) return false;
  const article = (await getArticles(store, [articleId])).get(articleId);
  const capture = article && (await getCapture(store, article.captureId));
  if (!capture) return false;
  const known = capture.rights ?? [];
  return signals.some(
    (one) => !known.some((other) => sameSignals([{ ...one, url: other.url }], [other])),
  );
}

const MAX_PROBED_ARTICLES = 3;

/** Stores a 404 or 410 as evidence, and retracts the article once there is enough of it. */
export async function articleGone(
  deps: TurnDeps,
  attempt: Attempt,
  received: Received,
  why: Skipped,
): Promise<void> {
  const { link, host } = attempt;
  const { store } = deps;
  const now = deps.now();
  await noteHostFetches(store, [{ host: host._id, linkId: link._id, gone: true, at: now }]);
  const gone = goneAgain(link.gone, now);
  const fetches = (await getHost(store, host._id))?.articleFetches ?? [];
  const verdict = goneVerdict(link._id, gone, fetches);
  if (!verdict.retract && verdict.why === "nothing to compare") {
    const others = await latestOf(store, link.sourceId, now, MAX_PROBED_ARTICLES + 1);
    const probes = others.filter((id) => id !== link.articleId).slice(0, MAX_PROBED_ARTICLES);
    const revisits = probes.map((_id) => ({ _id, at: now }));
    await scheduleRevisits(store, revisits);
  }
  const detail = verdict.retract ? verdict.because : `${why.detail}; ${verdict.why}`;
  const set = { ...skippedSet({ ...why, detail }), gone, nextFetchAt: verdict.again };
  const retraction = verdict.retract && { cause: "gone" as const, because: verdict.because };
  await keepCapture(deps, attempt, received, set, retraction ? { retraction } : {});
}

/**
 * Moves a link to the target of its redirect. Skips the link instead if the target is off-site.
 * Also skips an article whose target was erased or purged, and a new article whose target already
 * has a link.
 */
export async function followRedirect(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
  to: string,
): Promise<void> {
  const { link, source, host } = attempt;
  const { store } = deps;
  const target = new URL(to);
  if (!isOurs(source, link.foundUrl, target)) {
    const why = { skipped: "off-site", detail: `redirects to ${to}` } as const;
    return keepCapture(deps, attempt, received, skippedSet(why));
  }
  const key = urlKey(to);
  // A link with a published article is still read at the target: the page there is recognised as
  // that article.
  const mayBeAnother = link.kind === "article" && key !== link._id && !link.articleId;
  if (mayBeAnother && (await knownLinks(store, [key])).has(key)) {
    const articleId = (await articlesOfKeys(store, [key])).get(key) ?? null;
    if (articleId) {
      const alias = { _id: link._id, articleId, url: link.foundUrl, at: deps.now() };
      await claimAliases(store, [{ ...alias, kind: "redirect" }]);
    }
    const why = { skipped: "duplicate", detail: `redirects to ${to}` } as const;
    return keepCapture(deps, attempt, received, { ...skippedSet(why), articleId });
  }
  const tombstone = link.kind === "article" && (await tombstonesOf(store, [key])).get(key);
  if (tombstone) return recordBuried(store, [{ entry: attempt, tombstone }], deps.now());
  const hop = { url: received.url, status: received.status, location: to };
  await ensureHosts(store, [{ host: target.host, ...source.pace }]);
  await keepCapture(deps, attempt, received, redirectedSet(hop, link, deps.now()));
  if (target.host !== host._id) await wakeHost(deps, target.host, link.lane);
}
