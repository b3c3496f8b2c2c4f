import type { PortalThen, ThenPage } from "../../archive/as-of/portal.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import type { Why } from "../../model/operations/why.ts";
import type { PointedField, Proposal, Trial } from "../../model/sources/pointing.ts";
import type { Forecast } from "../../model/sources/schedule.ts";
import type { Source, SourceRecord } from "../../model/sources/source.ts";
import type { FieldChange, SourcePlan } from "../../model/sources/version.ts";
import type { StoryMember } from "../../store/articles/stories.ts";
import type { Store } from "../../store/store.ts";
import type { AdminActions } from "./actions.ts";
import type { TextDifference } from "./difference.ts";

type Text = { title: string | null; text: string | null };

/** Reads and compares declarations of sources. */
export interface Declarations {
  /** What applying the files would change, and their mistakes, by file, line and column. */
  plan(): Promise<{ plan: SourcePlan; problems: string[] }>;
  diff(before: Source, after: Source): FieldChange[];
  /** The configured sources as OPML, with their settings. */
  opml(): Promise<string>;
}

/** Whose pages are pointed at: those of a preview, or a source's archived ones. */
export type PointedOf = { preview: string } | { source: string };

/** Reads kept pages for selectors; throws a 404 problem where there are none of that name. */
export interface Pointing {
  /** What is pointed at, and its pages. */
  open(of: PointedOf): Promise<{ name: string; pages: { url: string; at: Date }[] }>;
  /** A page in which each element names its place; null where it isn't kept. */
  marked(of: PointedOf, n: number): Promise<string | null>;
  proposals(
    of: PointedOf,
    asked: { n: number; field: PointedField; at: number | null },
  ): Promise<Proposal[]>;
  trial(of: PointedOf, asked: { field: PointedField; selector: string }): Promise<Trial>;
}

/** What an installation is made of and set to. */
export interface Installation {
  settings(): Promise<{
    settings: { name: string; value: string | null; from: string; about: string }[];
  }>;
  about(): Promise<{ versions: Record<string, string>; licence: string; attribution: string }>;
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
  /** The text of a response, decoded; null: pages aren't shown as they came. */
  replay: ((capture: Capture, body: Body) => Promise<string>) | null;
  /** What a source's schedule comes to until a time; null where nobody knows. */
  forecast: ((source: SourceRecord, now: Date, until: Date) => Forecast) | null;
  /** What a page of the portal showed at a time, of articles dated up to another; null where nobody tells. */
  shownAt: ((time: Date, until: Date, page: ThenPage) => Promise<PortalThen>) | null;
  /** Reads pages that are kept for selectors; null where nobody does. */
  pointing: Pointing | null;
  /** null where nobody knows. */
  installation: Installation | null;
  /** Jobs of each queue by state; null where nobody knows. */
  queues: (() => Promise<Record<string, Record<string, number>>>) | null;
  /** What operators have to know at once, in words. */
  alarms: () => Promise<readonly string[]>;
}
