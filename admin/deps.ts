import type { Forecast } from "../model/forecast.ts";
import type { Source, SourceRecord } from "../model/source.ts";
import type { FieldChange, SourcePlan } from "../model/version.ts";
import type { Why } from "../model/why.ts";
import type { Store } from "../store/store.ts";
import type { StoryMember } from "../store/story-members.ts";
import type { AdminActions } from "./actions.ts";
import type { TextDifference } from "./revisions.ts";

type Text = { title: string | null; text: string | null };

/** Reads and compares declarations of sources. */
export interface Declarations {
  /** What applying the files would change, and their mistakes, by file, line and column. */
  plan(): Promise<{ plan: SourcePlan; problems: string[] }>;
  diff(before: Source, after: Source): FieldChange[];
  /** The configured sources as OPML, with their settings. */
  opml(): Promise<string>;
}

/** What the operators' pages need. */
export interface AdminDeps {
  store: Store;
  /** IANA zone that times are shown in. */
  timezone: string;
  now: () => Date;
  /** Topics that an article may have. */
  topics: readonly { id: string; name: string }[];
  /** Why the first of a story's articles stands for it, in words. */
  whyFirst: (members: readonly StoryMember[]) => string;
  /** null: the pages can only be read. */
  actions: AdminActions | null;
  /** Tells why an address is on the portal or not; null where nobody knows. */
  why: ((url: string) => Promise<Why>) | null;
  /** What differs between two texts; null: only the list of revisions is shown. */
  diff: ((before: Text, after: Text) => TextDifference) | null;
  /** What files and versions of sources say; null where nobody reads them. */
  declarations: Declarations | null;
  /** What a source's schedule comes to until a time; null where nobody knows. */
  forecast: ((source: SourceRecord, now: Date, until: Date) => Forecast) | null;
  /** Jobs of each queue by state; null where nobody knows. */
  queues: (() => Promise<Record<string, Record<string, number>>>) | null;
  /** What operators have to know at once, in words. */
  alarms: () => Promise<readonly string[]>;
}
