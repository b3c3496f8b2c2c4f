import type { Collection, Db, MongoClient } from "mongodb";
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

export interface Collections {
  sources: Collection<SourceRecord>;
  versions: Collection<Version>;
  runs: Collection<Run>;
  links: Collection<Link>;
  hosts: Collection<Host>;
  robots: Collection<LongRobots>;
  rightsDocuments: Collection<StoredRightsDocument>;
  captures: Collection<Capture>;
  bodies: Collection<BodyRecord>;
  articles: Collection<Article>;
  aliases: Collection<Alias>;
  revisions: Collection<Revision>;
  texts: Collection<LongText>;
  fingerprints: Collection<StoredFingerprint>;
  changes: Collection<Change>;
  days: Collection<Day>;
  statistics: Collection<DayStatistics>;
  sourceDays: Collection<SourceDay>;
  boilerplate: Collection<Boilerplate>;
  quality: Collection<Quality>;
  baselines: Collection<Baseline>;
  previews: Collection<Preview>;
  tombstones: Collection<Tombstone>;
  corrections: Collection<Correction>;
  intents: Collection<Intent>;
  consumers: Collection<Consumer>;
  subscribers: Collection<Subscriber>;
  subscriptions: Collection<Subscription>;
  deliveries: Collection<Delivery>;
  users: Collection<User>;
  keys: Collection<Key>;
  sessions: Collection<Session>;
  audit: Collection<AuditEntry>;
  processes: Collection<ProcessRecord>;
  alarms: Collection<Alarm>;
  digests: Collection<Digest>;
  coverage: Collection<Coverage>;
  reprocessings: Collection<Reprocessing>;
  views: Collection<View>;
  searches: Collection<SavedSearch>;
  clicks: Collection<Click>;
  idempotencyRecords: Collection<IdempotencyRecord>;
  drafts: Collection<Draft>;
  exports: Collection<Export>;
  stagingSets: Collection<StagingSet>;
  stagedArticles: Collection<StoredStagedArticle>;
  meta: Collection<Meta>;
}

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
