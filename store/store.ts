import type { Db, MongoClient } from "mongodb";
import type { Export } from "../model/archive/export.ts";
import type { Reprocessing } from "../model/archive/reprocessing.ts";
import type { StagingSet, StoredStagedArticle } from "../model/archive/staging-set.ts";
import type { Alias, Article, LongText, Revision, Tombstone } from "../model/articles/article.ts";
import type { Correction, Draft, Intent } from "../model/articles/correction.ts";
import type { StoredFingerprint } from "../model/articles/fingerprint.ts";
import type { BodyRecord, Capture } from "../model/crawl/capture.ts";
import type { Host, LongRobots, StoredRightsDocument } from "../model/crawl/host.ts";
import type { Link } from "../model/crawl/link.ts";
import type { Run } from "../model/crawl/outcome.ts";
import type { Subscription } from "../model/crawl/subscription.ts";
import type { Key, Session, User } from "../model/operations/account.ts";
import type { Alarm, Digest } from "../model/operations/alarm.ts";
import type { AuditEntry } from "../model/operations/audit.ts";
import type { IdempotencyRecord } from "../model/operations/idempotency.ts";
import type { ProcessRecord } from "../model/operations/process.ts";
import type { Change } from "../model/publish/change.ts";
import type { Consumer } from "../model/publish/consumer.ts";
import type { Click, Day } from "../model/publish/day.ts";
import type { View } from "../model/publish/filter.ts";
import type { SavedSearch } from "../model/publish/search.ts";
import type { DayStatistics, SourceDay } from "../model/publish/statistics.ts";
import type { Delivery, Subscriber } from "../model/publish/subscriber.ts";
import type { Coverage } from "../model/sources/coverage.ts";
import type { Quality } from "../model/sources/health.ts";
import type { Baseline, Boilerplate } from "../model/sources/learned.ts";
import type { Preview } from "../model/sources/preview.ts";
import type { SourceRecord } from "../model/sources/source.ts";
import type { Version } from "../model/sources/version.ts";
import type { Tiers } from "./tiers/tier.ts";

/** Facts about the store itself, such as its schema version. */
interface Meta {
  _id: string;
  value: number;
}

/** A reader must not see a change that a failover could undo. */
const MAJORITY = { readConcern: { level: "majority" } } as const;

/** Returns all collections; a backup writes most of them in this order. */
export function openCollections(db: Db) {
  return {
    sources: db.collection<SourceRecord>("sources"),
    versions: db.collection<Version>("versions"),
    runs: db.collection<Run>("runs"),
    links: db.collection<Link>("links"),
    hosts: db.collection<Host>("hosts"),
    robots: db.collection<LongRobots>("robots"),
    rightsDocuments: db.collection<StoredRightsDocument>("rightsDocuments"),
    captures: db.collection<Capture>("captures"),
    bodies: db.collection<BodyRecord>("bodies"),
    articles: db.collection<Article>("articles"),
    aliases: db.collection<Alias>("aliases"),
    revisions: db.collection<Revision>("revisions"),
    texts: db.collection<LongText>("texts"),
    fingerprints: db.collection<StoredFingerprint>("fingerprints"),
    changes: db.collection<Change>("changes", MAJORITY),
    days: db.collection<Day>("days"),
    statistics: db.collection<DayStatistics>("statistics"),
    sourceDays: db.collection<SourceDay>("sourceDays"),
    boilerplate: db.collection<Boilerplate>("boilerplate"),
    quality: db.collection<Quality>("quality"),
    baselines: db.collection<Baseline>("baselines"),
    previews: db.collection<Preview>("previews"),
    tombstones: db.collection<Tombstone>("tombstones"),
    corrections: db.collection<Correction>("corrections"),
    intents: db.collection<Intent>("intents"),
    consumers: db.collection<Consumer>("consumers"),
    subscribers: db.collection<Subscriber>("subscribers"),
    subscriptions: db.collection<Subscription>("subscriptions"),
    deliveries: db.collection<Delivery>("deliveries"),
    users: db.collection<User>("users"),
    keys: db.collection<Key>("keys"),
    sessions: db.collection<Session>("sessions"),
    audit: db.collection<AuditEntry>("audit"),
    processes: db.collection<ProcessRecord>("processes"),
    alarms: db.collection<Alarm>("alarms"),
    digests: db.collection<Digest>("digests"),
    coverage: db.collection<Coverage>("coverage"),
    reprocessings: db.collection<Reprocessing>("reprocessings"),
    views: db.collection<View>("views"),
    searches: db.collection<SavedSearch>("searches"),
    clicks: db.collection<Click>("clicks"),
    idempotencyRecords: db.collection<IdempotencyRecord>("idempotencyRecords"),
    drafts: db.collection<Draft>("drafts"),
    exports: db.collection<Export>("exports"),
    stagingSets: db.collection<StagingSet>("stagingSets"),
    stagedArticles: db.collection<StoredStagedArticle>("stagedArticles"),
    meta: db.collection<Meta>("meta", MAJORITY),
  };
}

export type Collections = ReturnType<typeof openCollections>;

/** An open store: the first argument of the functions in this folder. */
export interface Store {
  client: MongoClient;
  db: Db;
  collections: Collections;
  tiers: Tiers;
  close(): Promise<void>;
}

/** An index. Every frequent query uses one, for an equality or a bounded range. */
export interface Index {
  collection: keyof Collections;
  key: Record<string, 1 | -1>;
  unique?: true;
  sparse?: true;
  /** A document expires this many seconds after its indexed date. */
  expireAfterSeconds?: number;
}

/** Lower bound for ranges of due times: only ranges with both bounds are fast on every server. */
export const EPOCH = new Date(0);

/** Later than every stored time: the upper bound of ranges without an end. */
export const FAR_FUTURE = new Date("9999-12-31T00:00:00Z");

/** Returns a filter for times up to `now` (included), as a range that an index can serve. */
export function dueBy(now: Date): { $gt: Date; $lte: Date } {
  return { $gt: EPOCH, $lte: now };
}
