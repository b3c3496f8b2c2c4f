import type { Collection, Db, MongoClient } from "mongodb";
import type { Alarm, Digest } from "../model/alarm.ts";
import type { Alias } from "../model/alias.ts";
import type { Article } from "../model/article.ts";
import type { AuditEntry } from "../model/audit.ts";
import type { Boilerplate } from "../model/boilerplate.ts";
import type { BodyRecord, Capture } from "../model/capture.ts";
import type { Change } from "../model/change.ts";
import type { Click } from "../model/click.ts";
import type { Consumer } from "../model/consumer.ts";
import type { Correction } from "../model/correction.ts";
import type { Day } from "../model/day.ts";
import type { Delivery } from "../model/delivery.ts";
import type { Draft } from "../model/draft.ts";
import type { Export } from "../model/export.ts";
import type { Figure } from "../model/figure.ts";
import type { Habits } from "../model/habits.ts";
import type { Host, LongRobots } from "../model/host.ts";
import type { Key } from "../model/key.ts";
import type { Link } from "../model/link.ts";
import type { LongText } from "../model/long-text.ts";
import type { Part } from "../model/part.ts";
import type { Preview } from "../model/preview.ts";
import type { Quality } from "../model/quality.ts";
import type { Recall } from "../model/recall.ts";
import type { Receipt } from "../model/receipt.ts";
import type { Reprocessing } from "../model/reprocessing.ts";
import type { Revision } from "../model/revision.ts";
import type { Run } from "../model/run.ts";
import type { SavedSearch } from "../model/saved-search.ts";
import type { Session } from "../model/session.ts";
import type { Side } from "../model/side.ts";
import type { SourceRecord } from "../model/source.ts";
import type { SourceDay } from "../model/source-day.ts";
import type { Subscriber } from "../model/subscriber.ts";
import type { Subscription } from "../model/subscription.ts";
import type { Tombstone } from "../model/tombstone.ts";
import type { User } from "../model/user.ts";
import type { Version } from "../model/version.ts";
import type { View } from "../model/view.ts";
import type { PackedFingerprint, StoredCounterpart } from "./articles/packed-fingerprint.ts";
import type { Tiers } from "./tiers/tier.ts";

/** Small facts of the store itself: schema version, hints. */
export interface Meta {
  _id: string;
  value: number;
}

/** Every collection by its glossary name, typed. */
export interface Collections {
  sources: Collection<SourceRecord>;
  versions: Collection<Version>;
  runs: Collection<Run>;
  links: Collection<Link>;
  hosts: Collection<Host>;
  robots: Collection<LongRobots>;
  captures: Collection<Capture>;
  bodies: Collection<BodyRecord>;
  articles: Collection<Article>;
  aliases: Collection<Alias>;
  revisions: Collection<Revision>;
  texts: Collection<LongText>;
  fingerprints: Collection<PackedFingerprint>;
  changes: Collection<Change>;
  days: Collection<Day>;
  figures: Collection<Figure>;
  sourceDays: Collection<SourceDay>;
  boilerplate: Collection<Boilerplate>;
  quality: Collection<Quality>;
  habits: Collection<Habits>;
  previews: Collection<Preview>;
  tombstones: Collection<Tombstone>;
  corrections: Collection<Correction>;
  consumers: Collection<Consumer>;
  subscribers: Collection<Subscriber>;
  subscriptions: Collection<Subscription>;
  deliveries: Collection<Delivery>;
  users: Collection<User>;
  keys: Collection<Key>;
  sessions: Collection<Session>;
  audit: Collection<AuditEntry>;
  parts: Collection<Part>;
  alarms: Collection<Alarm>;
  digests: Collection<Digest>;
  recalls: Collection<Recall>;
  reprocessings: Collection<Reprocessing>;
  views: Collection<View>;
  searches: Collection<SavedSearch>;
  clicks: Collection<Click>;
  receipts: Collection<Receipt>;
  drafts: Collection<Draft>;
  exports: Collection<Export>;
  sides: Collection<Side>;
  counterparts: Collection<StoredCounterpart>;
  meta: Collection<Meta>;
}

/** An open store; verbs in this folder take it as their first argument. */
export interface Store {
  client: MongoClient;
  db: Db;
  collections: Collections;
  /** Where bodies may lie beside the database. */
  tiers: Tiers;
  close(): Promise<void>;
}

/** An index that `openStore` makes: every hot query is an equality or bounded range on one. */
export interface Index {
  collection: keyof Collections;
  key: Record<string, 1 | -1>;
  unique?: true;
  sparse?: true;
  /** Time to live from the indexed date, in seconds. */
  expireAfterSeconds?: number;
}

/** Lower bound of due ranges: ranges must be bounded on both sides to be fast on every server. */
export const EPOCH = new Date(0);

/** Above every time that is stored, for ranges that are open upwards. */
export const FAR_FUTURE = new Date("9999-12-31T00:00:00Z");

/** Due at or before `now`, as a range that an index serves. */
export function dueBy(now: Date): { $gt: Date; $lte: Date } {
  return { $gt: EPOCH, $lte: now };
}
