import { doneSet, skippedSet } from "../../articles/ingest/link-states.ts";
import { articlePageIn, readWhole, rejoin } from "../../articles/ingest/reread.ts";
import { type Extracted, pageOf } from "../../articles/reading/parse-tasks.ts";
import {
  isSignedOut,
  judgePage,
  type PageRights,
  pageRights,
  reservedWords,
} from "../../articles/reading/verdict.ts";
import { sourceFieldsOf } from "../../articles/revisions/draft.ts";
import type { Received } from "../../crawler/http/received.ts";
import { judgeValidators } from "../../crawler/http/validators.ts";
import { documentsOf, type NamedDocument } from "../../crawler/rights/page-signals.ts";
import { isHomeUrl } from "../../extractors/page.ts";
import { isTrusted } from "../../model/crawl/host.ts";
import type { Link, LinkChanges, Validators } from "../../model/crawl/link.ts";
import { DETAILS } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { followMentions, isOldWitnessed } from "../../sources/coverage/witness.ts";
import { noteProblems } from "../../store/crawl/runs.ts";
import { type KnownAttempt, type TurnDeps } from "../deps.ts";
import { mayFill, noteRendered, pageType, toBrowser } from "../render/render-lane.ts";
import { followArticlePages, storeArticlePage } from "./article-pages.ts";
import { keepCapture, keepReading, noteContradictions, toPageSources } from "./capture.ts";
import { signedOut, validatorsOf } from "./request.ts";

/** Reads a successfully fetched page, and stores its article or the reason why there is none. */
export async function readArticle(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
): Promise<void> {
  const { link, source, host } = attempt;
  const validators = validatorsOf(received);
  if (leadsHome(link, received)) {
    const detail = `${DETAILS.redirectsHome} ${received.url}`;
    const why = { skipped: "not-article", detail } as const;
    return keepCapture(deps, attempt, received, skippedSet(why));
  }
  const { extracted, rights } = await readPage(deps, attempt, received);
  if (source.login && isSignedOut(extracted)) signedOut("the page asks for a login");
  const { reserved } = rights;
  if (extracted.withdrawn) {
    const why = { skipped: "withdrawn", detail: `"${extracted.withdrawn}"` } as const;
    const retraction = { cause: "publisher", because: why.detail } as const;
    return keepCapture(deps, attempt, received, skippedSet(why), { rights, retraction });
  }
  const { lane } = link;
  const { render } = source;
  if (lane === "browser" && render === "auto") {
    await noteRendered(deps, attempt, !extracted.extraction.page.unfilled);
  }
  const isKnown = link.articleId !== null && !link.articlePageOf;
  const verdict = judgePage(extracted, reserved, {
    lane,
    render,
    mayFill: mayFill(host.render[pageType(source._id, link.foundUrl)], deps.now()),
    isKnown,
  });
  const keep = (set: LinkChanges) => keepCapture(deps, attempt, received, set, { rights });
  switch (verdict.kind) {
    case "article": {
      const { article, extraction } = verdict;
      if (!isKnown && isOldWitnessed(link, extraction.fields.publishedAt, deps.now()))
        return keep(
          skippedSet({ skipped: "too-old", detail: `${link.witness?.name} links to the article` }),
        );
      const of = articlePageIn(attempt, extraction);
      if (of && (await storeArticlePage(deps, attempt, received, { of, rights, validators })))
        return;
      const origin = { ...sourceFieldsOf(source), rights: rights.binding, reserved };
      const words = reservedWords(reserved);
      if (words) await noteProblems(deps.store, link.runId, [words]);
      const got = ownOf(link, validators);
      const { text } = extraction.evidence;
      const articlePages = await followArticlePages(deps, text, {
        of: link._id,
        link,
        source,
        again: true,
      });
      const pageSet = {
        ...(articlePages.length > 0 && { articlePages }),
        ...(link.articlePageOf && { articlePageOf: null }),
      };
      const seen = { ...doneSet("new"), notModified: 0, validators: got, ...pageSet };
      const reading = { extracted: { article, extraction }, ...origin };
      const result = await keepReading(deps, attempt, received, seen, { rights, reading });
      // A further page that was stored in the meantime didn't find this page: join the pages again.
      const articleId = articlePages.length > 0 && result.articleId;
      if (articleId) await rejoin(deps, articleId, source);
      if (result.outcome === "new") await noteMentions(deps, link, extracted.mentions, source);
      const changed = result.rewritten ?? false;
      const trusted = isTrusted(host, "validators", deps.now());
      const { proof } = judgeValidators(link, { got, changed, trusted });
      if (proof) {
        await noteContradictions(deps, host, [{ kind: "validators", evidence: proof }]);
      }
      return;
    }
    case "needs-browser":
      return toBrowser(deps, attempt, keep);
    case "skipped": {
      // The reservations of a page without an article, such as an error page, apply to that page
      // only.
      const isArticle = extracted.extraction.page.kind === "article";
      const isReserved = isKnown && isArticle && verdict.why.skipped === "reserved";
      const found = { rights, ...(isReserved && { reservation: rights }) };
      return keepCapture(deps, attempt, received, skippedSet(verdict.why), found);
    }
  }
}

async function noteMentions(
  { store, now, log }: TurnDeps,
  { foundUrl: url, _id: linkId }: Link,
  mentions: readonly string[] = [],
  { _id: sourceId }: SourceRecord,
): Promise<void> {
  try {
    await followMentions(store, { mentions, url, sourceId }, now());
  } catch (err) {
    log.warn({ err, linkId }, "the article's links were not followed");
  }
}

/**
 * Extracts the article from a page. If the page names licences or policies that aren't stored,
 * fetches them and extracts again.
 */
async function readPage(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
): Promise<{ extracted: Extracted; rights: PageRights }> {
  const { link, source } = attempt;
  const task = {
    ...pageOf(source, received, deps.now()),
    hints: link.hints,
    boilerplate: await deps.boilerplate.get(source._id),
  };
  const { declared: __, ...known } = await toPageSources(deps, attempt, received);
  const extracted = await readWhole(deps, { ...task, rights: known });
  const { declared } = extracted.extraction.page;
  const isRead = ({ url }: NamedDocument) =>
    known.host.documents.some((copy) => copy.url === url && copy.expiresAt > deps.now());
  if (documentsOf({ ...known, declared }).every(isRead))
    return { extracted, rights: pageRights({ ...known, declared }, source) };
  const { declared: _, ...rights } = await toPageSources(deps, attempt, received, declared);
  const again = await readWhole(deps, { ...task, rights });
  return { extracted: again, rights: pageRights({ ...rights, declared }, source) };
}

/** Returns whether a page redirects to the home page, as many sites do instead of a 404. */
function leadsHome({ hops, foundUrl }: Link, { url }: Received): boolean {
  return hops.length > 0 && isHomeUrl(url) && !isHomeUrl(foundUrl);
}

/** Returns the page's validators; none after a redirect, because they belong to its target. */
function ownOf({ hops }: Link, validators: Validators): Validators {
  return hops.length > 0 ? {} : validators;
}
