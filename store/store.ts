import type { CollectionOptions, Db, Document, MongoClient } from "mongodb";
import type { Export } from "../model/archive/export.ts";
import type { Reprocessing } from "../model/archive/reprocessing.ts";
import type { StagingSet } from "../model/archive/staging-set.ts";
import type { Alias, Article, LongText, Tombstone } from "../model/articles/article.ts";
import type { Correction, Draft, Intent } from "../model/articles/correction.ts";
import type { Revision } from "../model/articles/revision.ts";
import type { BodyRecord, Capture } from "../model/crawl/capture.ts";
import type { Host, LongRobots, StoredRightsDocument } from "../model/crawl/host.ts";
import type { Link } from "../model/crawl/link.ts";
import type { Run } from "../model/crawl/run.ts";
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
import type { Baseline } from "../model/sources/baseline.ts";
import type { Boilerplate } from "../model/sources/boilerplate.ts";
import type { Coverage } from "../model/sources/coverage.ts";
import type { Preview } from "../model/sources/preview.ts";
import type { Quality } from "../model/sources/quality.ts";
import type { SourceRecord } from "../model/sources/source.ts";
import type { Version } from "../model/sources/version.ts";
import type { StoredFingerprint, StoredStagedArticle } from "./articles/stored-fingerprint.ts";
import type { Tiers } from "./tiers/tier.ts";

/** Facts about the store itself, such as its schema version. */
interface Meta {
  _id: string;
  value: number;
}

/**
 * `changes` and `meta` need this read concern: a reader of the stream must not see a change that a failover could
 * undo. Decisions about other collections are made by writes, which always see the newest state.
 */
const MAJORITY = { readConcern: { level: "majority" } } as const;

/** Returns all collections; a backup writes most of them in this order. */
export function openCollections(db: Db) {
  const collection = <Doc extends Document>(name: string, options?: CollectionOptions) =>
    db.collection<Doc>(name, options);
  return {
    sources: collection<SourceRecord>("sources"),
    versions: collection<Version>("versions"),
    runs: collection<Run>("runs"),
    links: collection<Link>("links"),
    hosts: collection<Host>("hosts"),
    robots: collection<LongRobots>("robots"),
    rightsDocuments: collection<StoredRightsDocument>("rightsDocuments"),
    captures: collection<Capture>("captures"),
    bodies: collection<BodyRecord>("bodies"),
    articles: collection<Article>("articles"),
    aliases: collection<Alias>("aliases"),
    revisions: collection<Revision>("revisions"),
    texts: collection<LongText>("texts"),
    fingerprints: collection<StoredFingerprint>("fingerprints"),
    changes: collection<Change>("changes", MAJORITY),
    days: collection<Day>("days"),
    statistics: collection<DayStatistics>("statistics"),
    sourceDays: collection<SourceDay>("sourceDays"),
    boilerplate: collection<Boilerplate>("boilerplate"),
    quality: collection<Quality>("quality"),
    baselines: collection<Baseline>("baselines"),
    previews: collection<Preview>("previews"),
    tombstones: collection<Tombstone>("tombstones"),
    corrections: collection<Correction>("corrections"),
    intents: collection<Intent>("intents"),
    consumers: collection<Consumer>("consumers"),
    subscribers: collection<Subscriber>("subscribers"),
    subscriptions: collection<Subscription>("subscriptions"),
    deliveries: collection<Delivery>("deliveries"),
    users: collection<User>("users"),
    keys: collection<Key>("keys"),
    sessions: collection<Session>("sessions"),
    audit: collection<AuditEntry>("audit"),
    processes: collection<ProcessRecord>("processes"),
    alarms: collection<Alarm>("alarms"),
    digests: collection<Digest>("digests"),
    coverage: collection<Coverage>("coverage"),
    reprocessings: collection<Reprocessing>("reprocessings"),
    views: collection<View>("views"),
    searches: collection<SavedSearch>("searches"),
    clicks: collection<Click>("clicks"),
    idempotencyRecords: collection<IdempotencyRecord>("idempotencyRecords"),
    drafts: collection<Draft>("drafts"),
    exports: collection<Export>("exports"),
    stagingSets: collection<StagingSet>("stagingSets"),
    stagedArticles: collection<StoredStagedArticle>("stagedArticles"),
    meta: collection<Meta>("meta", MAJORITY),
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

/** An index. Every frequent query is an equality or a bounded range on such an index. */
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
