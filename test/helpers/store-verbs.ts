import { toItem } from "../../model/articles/article.ts";
import { EMPTY_SAMPLE } from "../../model/sources/learned.ts";
import { capturesOfLinks } from "../../store/archive/erasure.ts";
import * as retention from "../../store/archive/retention.ts";
import { purgeArticles } from "../../store/archive/retention.ts";
import {
  addTombstones,
  articlesOfKeys,
  articlesWithPending,
  articlesWithVisibilityChange,
  clearPending,
  earlierRevisions,
  erasedSince,
  findArticle,
  getArticles,
  getStatuses,
  latestOf,
  noteVersions,
  ownersOfKeys,
  publicationStates,
  readIndexable,
  readRevisions,
  readRevisionTexts,
  readUnlisted,
  tombstonesOf,
  touchArticles,
  writeArticles,
} from "../../store/articles/articles.ts";
import * as fingerprints from "../../store/articles/fingerprints.ts";
import {
  addLinkConstraints,
  dropLinkConstraints,
  similarFingerprints,
} from "../../store/articles/fingerprints.ts";
import { readInbox, readListing, readPinned } from "../../store/articles/listing.ts";
import { readSlice } from "../../store/articles/slice.ts";
import * as corrections from "../../store/articles/stories.ts";
import {
  countStories,
  readStoryArticles,
  readStoryMembers,
  unfinishedIntents,
  whyInStory,
} from "../../store/articles/stories.ts";
import { addCaptures, lastFetchedAt } from "../../store/crawl/captures.ts";
import * as hosts from "../../store/crawl/hosts.ts";
import { mistrustedHosts, saveUnreliability } from "../../store/crawl/hosts.ts";
import * as claims from "../../store/crawl/links.ts";
import * as links from "../../store/crawl/links.ts";
import { deadLinks, revertLinks } from "../../store/crawl/links.ts";
import { dueOfRun } from "../../store/crawl/runs.ts";
import { dueSubscriptions, subscriptionsOf } from "../../store/crawl/subscriptions.ts";
import { getKey, getSession, listSessions } from "../../store/operations/accounts.ts";
import * as alarms from "../../store/operations/alarms.ts";
import { readAudit } from "../../store/operations/audit.ts";
import { readOverview } from "../../store/operations/overview.ts";
import { readProcesses } from "../../store/operations/processes.ts";
import {
  appendChanges,
  changesOfArticles,
  headSeq,
  readChanges,
  seqAt,
  withholdEarlier,
} from "../../store/publish/changes.ts";
import { getConsumer, moveBookmark } from "../../store/publish/consumers.ts";
import { countUp, getDays } from "../../store/publish/counters.ts";
import {
  deliveriesOfChanges,
  dueSubscribers,
  failingSubscribers,
  readDeliveries,
} from "../../store/publish/subscribers.ts";
import * as coverage from "../../store/sources/coverage.ts";
import * as baseline from "../../store/sources/learned.ts";
import {
  addBoilerplate,
  boilerplateKeys,
  countQuality,
  endReread,
  findBoilerplateToFinish,
  finishBoilerplateFrom,
  isBoilerplateOpen,
  readBoilerplate,
  saveFinishedBoilerplate,
  sourcesToReread,
  takeReread,
} from "../../store/sources/learned.ts";
import { fixtureOf, latestPreviews } from "../../store/sources/previews.ts";
import * as sources from "../../store/sources/sources.ts";
import { hasArticles } from "../../store/sources/sources.ts";
import { readVersions } from "../../store/sources/versions.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle } from "./articles.ts";
import { before, MANY, makeCoverage, NOW } from "./full-store.ts";
import { makeLink } from "./links.ts";
import { makePrint } from "./prints.ts";

const CONSTRAINT = {
  articleId: "a-7",
  constraint: { id: "c", kind: "cannot-link" as const, with: ["a-8"] },
};
const link = makeLink("link-4", { dueAt: before(0.4) });
const unreliability = { count: 2, firstAt: NOW, lastAt: NOW, until: NOW, evidence: "x" };
const sample = { run: [EMPTY_SAMPLE], titles: ["t"] };
const claim = { token: "mine", turn: 0, at: NOW, worker: "w" };
const article = makeArticle("a-7", { version: 2 });
const { pending: _, ...draft } = article;
const change = {
  version: 2,
  kind: "updated" as const,
  before: null,
  item: toItem(article),
  at: NOW,
};
const entry = { articleId: "a-7", ...change };
const print = makePrint("a-7", { keys: [7, 8, 9], at: NOW });

const { version: _v, ...features } = print;
const alone = { match: null, origin: "a-7", story: "a-7" };
const settlement = { id: "a-7", version: 1, cluster: alone, isStale: false };

const VIEW = { topic: ["topic-3", "topic-4"], region: ["FR-75"] };
const stretch = { sourceId: null, since: before(9999), until: NOW };

type Verb = (store: Store) => Promise<unknown>;

/** Every function that runs in the pipeline or for which a reader waits. */
export const VERBS: [string, Verb][] = [
  ["dueSources", (store) => sources.dueSources(store, NOW, 2000)],
  ["getSource", (store) => sources.getSource(store, "s3")],
  ["getSources", (store) => sources.getSources(store, ["s3", "s4"])],
  ["entryLinks", (store) => links.entryLinks(store, ["link-1", "link-2"])],
  [
    "announcedLinks",
    (store) => {
      const span = { from: before(30), until: NOW, limit: 1000 };
      return links.announcedLinks(store, "s3", span);
    },
  ],
  ["publicationStates", (store) => publicationStates(store, ["a-7", "new"])],
  ["dueCoverage", (store) => coverage.dueCoverage(store, NOW, 500)],
  ["getCoverage", (store) => coverage.getCoverage(store, "s3")],
  ["listCoverage of some", (store) => coverage.listCoverage(store, ["s3"])],
  ["saveCoverage", (store) => coverage.saveCoverage(store, makeCoverage("s3"))],
  ["takeDueProbe", (store) => coverage.takeDueProbe(store, NOW, NOW)],
  ["knownLinkStates", (store) => links.knownLinkStates(store, ["link-1", "new"])],
  ["setSource", (store) => sources.setSource(store, "s50", { drift: [] })],
  ["readBaseline", (store) => baseline.readBaseline(store, "s3")],
  ["countSamples", (store) => baseline.countSamples(store, new Map([["s3", sample]]))],
  ["saveBaseline", (store) => baseline.saveBaseline(store, { _id: "s3" }, { recent: [] })],
  ["lastFetchedAt", (store) => lastFetchedAt(store, "s3", NOW)],
  ["dueOfRun", (store) => dueOfRun(store, "r", NOW, 20)],
  ["dueHosts by HTTP", (store) => hosts.dueHosts(store, "http", NOW, 2000)],
  ["dueHosts in the browser", (store) => hosts.dueHosts(store, "browser", NOW, 2000)],
  ["failingHosts", (store) => hosts.failingHosts(store, 100)],
  ["mistrustedHosts", (store) => mistrustedHosts(store, NOW, 100)],
  ["saveUnreliability", (store) => saveUnreliability(store, "h1.example", "ids", unreliability)],
  ["fixtureOf", (store) => fixtureOf(store, "s4", NOW)],
  ["latestPreviews", (store) => latestPreviews(store, NOW, 10)],
  ["readProcesses", (store) => readProcesses(store, NOW)],
  ["readOverview", (store) => readOverview(store, NOW, 20)],
  ["deadLinks", (store) => deadLinks(store, NOW, { limit: 10 })],
  ["revertLinks", (store) => revertLinks(store, [{ id: link._id, doneAt: NOW, set: {} }])],
  ["countOpenHosts", (store) => hosts.countOpenHosts(store, NOW, 1000)],
  ["ensureHosts", (store) => hosts.ensureHosts(store, [{ host: "h1.example", ...pace }])],
  ["wakeHosts", (store) => hosts.wakeHosts(store, [{ host: "h1.example", lane: "http", at: NOW }])],
  ["leaseHostTurns", (store) => hosts.leaseHostTurns(store, [lease])],
  ["endLeases", (store) => hosts.endLeases(store, [{ ...lease, next: null }])],
  ["findHostTurns", (store) => hosts.findHostTurns(store, ["h1.example", "h2.example"])],
  ["findDueLanes", (store) => links.findDueLanes(store, { from: before(100), until: NOW }, 200)],
  [
    "admitHosts",
    (store) => hosts.admitHosts(store, [{ ...pace, host: "h1.example", lane: "http", at: NOW }]),
  ],
  ["getHosts", (store) => hosts.getHosts(store, ["h1.example", "h2.example"])],
  [
    "saveRenderDecision",
    (store) => hosts.saveRenderDecision(store, { _id: "h1.example", render: {} }, "x", verdict),
  ],
  ["dueLinks", (store) => links.dueLinks(store, ["h4.example"], "http", NOW, 16)],
  [
    "dueLinks of several hosts",
    (store) => links.dueLinks(store, ["h4.example", "h5.example"], "http", NOW, 32),
  ],
  ["noteHostFetches", (store) => hosts.noteHostFetches(store, [hostFetch])],
  ["changesOfArticles", (store) => changesOfArticles(store, ["a-7"])],
  ["readIndexable", (store) => readIndexable(store, ["a-7", "a-8"])],
  ["earlierRevisions", (store) => earlierRevisions(store, [{ ...article, revision: 2 }])],
  ["readRevisionTexts", (store) => readRevisionTexts(store, ["a-7:1"])],
  ["latestOf", (store) => latestOf(store, "s3", NOW, 4)],
  ["dueRevisits", (store) => links.dueRevisits(store, NOW, 500)],
  ["dueAnnouncements", (store) => links.dueAnnouncements(store, NOW, 100)],
  ["hasAnnouncements", (store) => links.hasAnnouncements(store, NOW)],
  ["recheckAnnouncements", (store) => links.recheckAnnouncements(store, ["link-1"], NOW)],
  [
    "recordAnnounced",
    (store) =>
      links.recordAnnounced(store, [
        { link: { _id: "link-1", announceAt: NOW }, set: { announceAt: null } },
      ]),
  ],
  [
    "announceLinks",
    (store) => links.announceLinks(store, [{ _id: "link-1", hints: {}, announceAt: NOW }]),
  ],
  ["scheduleRevisits", (store) => links.scheduleRevisits(store, [{ _id: "link-1", at: NOW }])],
  [
    "noteRevisits",
    (store) => sources.noteRevisits(store, [{ sourceId: "s3", step: 0, changed: true }]),
  ],
  ["knownLinks", (store) => links.knownLinks(store, ["link-1", "link-2", "new"])],
  ["reviveLinks", (store) => links.reviveLinks(store, [{ id: "link-1", runId: "r", dueAt: NOW }])],
  ["claimLinks", (store) => claims.claimLinks(store, [{ link, claim }])],
  ["removeLinks", (store) => links.removeLinks(store, ["none-1"])],
  [
    "recordOutcomes",
    (store) => links.recordOutcomes(store, [{ id: "link-4", token: "mine", set: {} }]),
  ],
  ["linksByReason", (store) => links.linksByReason(store, "s1", "too-old", 100).next()],
  ["claimsOf", (store) => claims.claimsOf(store, "w", NOW)],
  ["releaseClaims", (store) => claims.releaseClaims(store, before(10))],
  ["ownersOfKeys", (store) => ownersOfKeys(store, ["key-1", "key-2", "new"])],
  ["noteVersions", (store) => noteVersions(store, [{ _id: "key-1", kind: "amp" }])],
  ["articlesOfKeys", (store) => articlesOfKeys(store, ["key-1", "key-2", "new"])],
  ["getArticles", (store) => getArticles(store, ["a-1", "a-2", "new"])],
  ["writeArticles", (store) => writeArticles(store, [{ base: 1, article: draft, change }])],
  ["touchArticles", (store) => touchArticles(store, [{ id: "a-1", at: NOW }])],
  ["articlesWithPending", (store) => articlesWithPending(store, NOW, 200)],
  ["clearPending", (store) => clearPending(store, [{ id: "a-7", version: 2 }])],
  ["headSeq", (store) => headSeq(store)],
  ["readChanges", (store) => readChanges(store, 1000, 100)],
  ["appendChanges", (store) => appendChanges(store, MANY, [entry])],
  [
    "withholdEarlier",
    (store) => withholdEarlier(store, [{ articleId: "a-1", before: 2, what: "item" }]),
  ],
  ["countUp", (store) => countUp(store, 50)],
  ["getDays", (store) => getDays(store, ["2026-11-24", "2026-11-25", "all"])],
  ["getFingerprints", (store) => fingerprints.getFingerprints(store, ["a-7", "new"])],
  ["addFeatures", (store) => fingerprints.addFeatures(store, [features], NOW)],
  ["putFeatures", (store) => fingerprints.putFeatures(store, [features], NOW)],
  ["similarFingerprints", (store) => similarFingerprints(store, print.keys)],
  ["getStoryMembers", (store) => fingerprints.getStoryMembers(store, ["a-7", "new"])],
  ["membersOfStories", (store) => fingerprints.membersOfStories(store, ["a-7"])],
  ["storyFingerprints", (store) => fingerprints.storyFingerprints(store, ["a-7"])],
  ["saveClusters", (store) => fingerprints.saveClusters(store, [settlement])],
  ["staleFingerprints", (store) => fingerprints.staleFingerprints(store, ["a-7"], NOW)],
  ["staleSince", (store) => fingerprints.staleSince(store, NOW, 100)],
  ["addLinkConstraints", (store) => addLinkConstraints(store, [CONSTRAINT], NOW)],
  ["dropLinkConstraints", (store) => dropLinkConstraints(store, [CONSTRAINT], NOW)],
  ["getStatuses", (store) => getStatuses(store, ["a-7", "new"])],
  ["findArticle", (store) => findArticle(store, "a-7")],
  ["countStories", (store) => countStories(store, ["a-7", "a-8"])],
  ["whyInStory", (store) => whyInStory(store, [article])],
  ["dueSubscriptions", (store) => dueSubscriptions(store, NOW, 20)],
  ["subscriptionsOf", (store) => subscriptionsOf(store, "s7")],
  ["readVersions", (store) => readVersions(store, "s7")],
  ["hasArticles", (store) => hasArticles(store, "s7")],
  ["readRevisions", (store) => readRevisions(store, "a-7")],
  ["readStoryMembers", (store) => readStoryMembers(store, "a-7")],
  ["readSlice", (store) => readSlice(store, stretch, { sortAt: before(90), id: "a-3" }, 9)],
  ["readStoryArticles", (store) => readStoryArticles(store, "a-7")],
  ["readInbox", (store) => readInbox(store, "waiting", { now: NOW, limit: 10 })],
  ["readInbox, withdrawn", (store) => readInbox(store, "withdrawn", { now: NOW, limit: 10 })],
  ["readPinned", (store) => readPinned(store, NOW, 10)],
  ["articlesWithVisibilityChange", (store) => articlesWithVisibilityChange(store, NOW, 10)],
  ["readListing of all", (store) => readListing(store, {}, { limit: 20, now: NOW })],
  ["readListing by source", (store) => readListing(store, { sourceId: "s3" }, page)],
  ["readListing by topic", (store) => readListing(store, { topic: "topic-3" }, page)],
  ["readListing by country", (store) => readListing(store, { country: "FR" }, page)],
  ["readListing by language", (store) => readListing(store, { language: "fr" }, page)],
  ["readListing of a view", (store) => readListing(store, { where: VIEW }, page)],
  ["readListing by day", (store) => readListing(store, { day: "2026-11-24" }, page)],
  ["readBoilerplate", (store) => readBoilerplate(store, ["s3", "s4"])],
  ["boilerplateKeys", (store) => boilerplateKeys(store, "s3")],
  ["findBoilerplateToFinish", (store) => findBoilerplateToFinish(store, NOW, 50)],
  ["finishBoilerplateFrom", (store) => finishBoilerplateFrom(store, ["s1", "s2"], NOW)],
  ["sourcesToReread", (store) => sourcesToReread(store, NOW, 50)],
  ["isBoilerplateOpen", (store) => isBoilerplateOpen(store, NOW)],
  [
    "takeReread",
    (store) => takeReread(store, "s0", { now: NOW, until: new Date(NOW.getTime() + 1), limit: 5 }),
  ],
  ["endReread", (store) => endReread(store, "s0", ["a-1"], NOW)],
  [
    "saveFinishedBoilerplate",
    (store) =>
      saveFinishedBoilerplate(
        store,
        { _id: "s1", version: 1 },
        { recent: [], known: [], reread: [] },
        NOW,
      ),
  ],
  [
    "addBoilerplate",
    (store) =>
      addBoilerplate(store, [learnt], { at: NOW, limits: { articles: 600, paragraphs: 200 } }),
  ],
  ["erasedSince", (store) => erasedSince(store, before(15), NOW)],
  ["capturesOfLinks", (store) => capturesOfLinks(store, ["link-1", "new"])],
  ["readAudit", (store) => readAudit(store, { before: before(MANY - 20), limit: 10 })],
  ["getSession", (store) => getSession(store, "s-1", NOW)],
  ["listSessions", (store) => listSessions(store, NOW, "ada")],
  ["getKey", (store) => getKey(store, "k-1")],
  ["tombstonesOf", (store) => tombstonesOf(store, ["key-1", "key-2", "new"])],
  [
    "addTombstones",
    (store) => addTombstones(store, [{ _id: "key-1", kind: "erased", at: NOW, ...why }]),
  ],
  ["correctionsOf", (store) => corrections.correctionsOf(store, ["a-1", "a-2", "new"])],
  ["getCorrection", (store) => corrections.getCorrection(store, "c-1")],
  ["endCorrection", (store) => corrections.endCorrection(store, "c-1", { ...why, at: NOW })],
  ["readCorrections", (store) => corrections.readCorrections(store, NOW, 20)],
  ["unfinishedIntents", (store) => unfinishedIntents(store, before(MANY - 20), 10)],
  ["readUnlisted", (store) => readUnlisted(store, NOW, 20)],
  ["removeOldCaptures", (store) => retention.removeOldCaptures(store, "s3", before(110_000), 2)],
  ["removeBodies", (store) => retention.removeBodies(store, before(119_000), 5)],
  ["removeChanges", (store) => retention.removeChanges(store, before(-1), 5)],
  ["failingSubscribers", (store) => failingSubscribers(store, NOW)],
  ["readAlarms", (store) => alarms.readAlarms(store, NOW)],
  ["latestDigests", (store) => alarms.latestDigests(store, NOW, 5)],
  ["dueDigests", (store) => alarms.dueDigests(store, NOW)],
  ["dueSubscribers", (store) => dueSubscribers(store, 1, NOW)],
  ["readDeliveries", (store) => readDeliveries(store, "wh-1", { now: NOW, limit: 10 })],
  ["deliveriesOfChanges", (store) => deliveriesOfChanges(store, [1, 2])],
  ["getConsumer", (store) => getConsumer(store, "site-1")],
  ["moveBookmark", (store) => moveBookmark(store.collections.consumers, site, { seq: 1 })],
  ["seqAt", (store) => seqAt(store, NOW)],
  ["removeRuns", (store) => retention.removeRuns(store, "s3", before(55_000), 2)],
  ["purgeArticles", (store) => purgeArticles(store, before(59_800), { limit: 5, at: NOW })],
  ["addCaptures of what is there", (store) => addCaptures(store, [], [body])],
  ["countQuality", (store) => countQuality(store, new Map([["s3", counts]]))],
];

const body = {
  _id: "b-900",
  bytes: new Uint8Array(8),
  encoding: "gzip",
  size: 9,
  storedAt: NOW,
} as const;
const site = { _id: "site-1", version: 1 };
const why = { reason: "asked for", actor: "ada" };
const hostFetch = { host: "h1.example", linkId: "link-1", gone: true, at: NOW };
const learnt = {
  sourceId: "s3",
  recent: [{ article: "a-7", paragraphs: "k:90", without: "" }],
  known: [],
};
const counts = { articles: 1, fieldScore: 0.5, fields: { title: 1 } };
const pace = { delay: 1000, concurrency: 1 };
const lease = { host: "h1.example", lane: "http" as const, until: NOW };
const verdict = { lane: "http" as const, at: NOW, checks: 0 };
const page = { limit: 5, now: NOW };
