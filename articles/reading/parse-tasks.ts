import type { Received } from "../../crawler/http/response.ts";
import type { SitePage } from "../../crawler/links/site/site-page.ts";
import { type PageSources, pageSignals } from "../../crawler/rights/page-signals.ts";
import type { Keyed } from "../../extractors/boilerplate.ts";
import type { Highlighted, HighlightRequest } from "../../extractors/dom/highlight.ts";
import type { Pointed } from "../../extractors/selectors/propose.ts";
import type { ArticlePage, Extraction } from "../../model/articles/fields.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { EntryPointKind } from "../../model/crawl/entry-points.ts";
import type { Discovery, Hints, Lane } from "../../model/crawl/link.ts";
import { DETAILS, type Skipped } from "../../model/crawl/outcome.ts";
import type { PickerField } from "../../model/sources/selector-picker.ts";
import type { Source, SourceRecord } from "../../model/sources/source.ts";
import { reservationNames, type UsageSignal, withoutConsented } from "../../model/usage-rights.ts";
import type { Classification } from "../classify/classify.ts";

/** The parts of a source that parser threads need. */
export type SourceView = ReturnType<typeof sourceView>;

interface Page {
  body: Uint8Array;
  contentType: string | null;
  /** The URL is the last one after redirects. */
  url: string;
  source: SourceView;
  now: Date;
  /** The thread sets the flag to 1 when the thread starts the task. */
  begun?: Int32Array;
}

export interface ExtractTask extends Page {
  hints: Hints;
  /** Keys (`Keyed.key`) of paragraphs that the source repeats; missing if there are none. */
  boilerplate?: string[];
  /**
   * Headers and other sources of rights reservations besides the page's markup. Stored `signals`,
   * if given, are used instead of these sources and the markup.
   */
  rights?: Omit<PageSources, "declared"> | { signals: UsageSignal[] };
  /** Further pages of the article, to be joined with this one. */
  articlePages?: readonly StoredArticlePage[];
}

export interface StoredArticlePage extends ArticlePage, Pick<Page, "body" | "contentType" | "now"> {
  captureId: string;
}

export interface DiscoverTask extends Page {
  kind: EntryPointKind;
  page: number;
  /** Whether the ids of the feed's entries are reliable; missing counts as true. */
  trustsIds?: boolean;
}

/** A task to read what entry points say about articles whose pages haven't been received. */
export interface AnnounceTask extends Pick<Page, "begun"> {
  items: readonly AnnouncedItem[];
}

export interface AnnouncedItem extends Pick<Page, "source"> {
  hints: Hints;
  text?: string | undefined;
  seenAt: Date;
  signals: UsageSignal[];
}

/** A task to read a page, feed or sitemap of a new site. The content tells which of them it is. */
export interface SitePageTask extends Omit<Page, "source"> {
  home: string;
  /** Depth of a sitemap: 1 at the top, 2 if a sitemap of depth 1 lists it, and so on. */
  page: number;
}

/** A task to propose selectors for a field on a page, and to try given selectors. */
export interface PointTask extends Omit<Page, "source"> {
  field: PickerField;
  /** Index of the element that the operator clicked; null to search for candidates. */
  at: number | null;
  selectors: readonly string[];
  language: string | null;
}

/** A task to number every element of a page, so that a click identifies one. */
export type NumberElementsTask = Omit<Page, "source" | "now">;

/** A task to mark passages of a page, to show an operator the origin of a field. */
export type HighlightTask = Omit<Page, "source" | "now"> & HighlightRequest;

/** What a parser thread can do: the input of each task, and its result. */
export interface ParseTasks {
  extract(task: ExtractTask): Extracted;
  /** Reads articles that are announced but not fetched. Returns one result per item, in order. */
  announce(task: AnnounceTask): Extracted[];
  discover(task: DiscoverTask): Discovered;
  sitePage(task: SitePageTask): SitePage;
  point(task: PointTask): Pointed;
  /** Returns the HTML of the page, with the index of each element as an attribute. */
  numberElements(task: NumberElementsTask): string;
  highlight(task: HighlightTask): Highlighted;
}

export type TaskName = keyof ParseTasks;

export type ParseTask<Name extends TaskName = TaskName> = Parameters<ParseTasks[Name]>[0];

/** Everything derived from one article page or announced item. */
export interface Extracted {
  extraction: Extraction;
  /**
   * Up to 100 URLs of probable articles on other sites to which the article links. Missing if no
   * HTML of the article is stored.
   */
  mentions?: string[];
  /** The publisher's statement that the article was retracted; missing if it wasn't retracted. */
  withdrawn?: string;
  /** Whether the page is the logged-out version; missing for PDFs and without `login.signedOut`. */
  signedOut?: boolean;
  classifySeconds?: number;
  /** Null if the page has no article with title and text, or if the article was retracted. */
  article: {
    classified: Classification;
    fingerprint: Features;
    /** The paragraphs that are or can become boilerplate; missing for an `AnnouncedItem`. */
    paragraphs?: Keyed[];
    /**
     * Keys (`Keyed.key`) of the paragraphs that are known boilerplate; missing for an
     * `AnnouncedItem`.
     */
    without?: string[];
  } | null;
}

export interface Discovered {
  discovery: Discovery;
  /** Whether the page is a script application that shows its list only in a browser. */
  appShell: boolean;
  signedOut?: boolean;
}

/** Returns the parts of a source that are copied to a parser thread with each page. */
export function sourceView(source: SourceRecord) {
  return {
    _id: source._id,
    home: source.home,
    feeds: source.feeds,
    sitemaps: source.sitemaps,
    listings: source.listings,
    include: source.include,
    exclude: source.exclude,
    allowHosts: source.allowHosts,
    select: source.select,
    language: source.language,
    country: source.country,
    region: source.region,
    topics: source.topics,
    keepTopics: source.keepTopics,
    trust: source.trust,
    relevance: source.relevance,
    rights: source.rights,
    /** Selector of an element that only logged-out visitors get; undefined if none is declared. */
    signedOut: source.login?.signedOut,
    /** Whether we have an account at the source, so that its pages contain the complete text. */
    hasLogin: Boolean(source.login),
  };
}

export function pageOf(source: SourceRecord, received: Received, now: Date): Page {
  return {
    body: received.decoded,
    contentType: received.headers["content-type"] ?? null,
    url: received.url,
    source: sourceView(source),
    now,
  };
}

export type PageVerdict =
  | ({ kind: "article" } & Extracted & { article: NonNullable<Extracted["article"]> })
  | { kind: "needs-browser" }
  | { kind: "skipped"; why: Skipped };

export interface PageOrigin {
  lane: Lane;
  render: Source["render"];
  /** Whether the browser might get text that the response over HTTP lacks. */
  mayFill: boolean;
  /** Whether the article is already stored. */
  isKnown: boolean;
}

export function isSignedOut({ extraction, signedOut = false }: Extracted): boolean {
  return signedOut || extraction.page.kind === "login";
}

export function judgePage(
  { extraction, article, signedOut }: Extracted,
  reservations: string[],
  how: PageOrigin,
): PageVerdict {
  const { kind, unfilled } = extraction.page;
  const mayRender = how.lane === "http" && how.render === "auto";
  if (kind === "app-shell" && mayRender) return { kind: "needs-browser" };
  if (kind === "consent")
    return skipped("consent", "the site returned a consent page instead of the article");
  if (signedOut) return skipped("not-article", DETAILS.signedOut);
  if (kind === "captcha")
    return skipped("blocked", "the site returned a captcha instead of the article");
  // A stored article isn't skipped but hidden.
  if (reservations.includes("noindex") && !(how.isKnown && article)) {
    return skipped("reserved", reservations.join(", "));
  }
  if (unfilled && mayRender && how.mayFill) return { kind: "needs-browser" };
  if (!article) {
    if (kind === "article" && reservations.includes("tdm")) {
      return skipped(
        "reserved",
        "the publisher reserves text and data mining, and provides no teaser",
      );
    }
    if (kind === "paywall") return skipped("paywall", "the page has neither text nor teaser");
    const why = kind === "article" ? DETAILS.noText : kind;
    return skipped("not-article", extraction.page.problem ?? why);
  }
  return { kind: "article", extraction, article };
}

function skipped(reason: Skipped["skipped"], detail: string): PageVerdict {
  return { kind: "skipped", why: { skipped: reason, detail } };
}

export interface PageRights {
  signals: UsageSignal[];
  /** Names of the reservations in `signals`, such as `noindex` or `tdm`. */
  reservations: string[];
  /** Effective reservations: all except those that the publisher's written consent lifts. */
  binding: UsageSignal[];
  /** Names of the reservations in `binding`, such as `noindex` or `tdm`. */
  reserved: string[];
}

/** Returns the page's reservations: all, and those that the consent in `source` doesn't lift. */
export function pageRights(page: PageSources, source: Pick<Source, "rights"> | null): PageRights {
  return bindingRights(pageSignals(page), source, page.seenAt);
}

/** Like `pageRights`, but for signals already read. `at` is when the page was seen. */
export function bindingRights(
  signals: UsageSignal[],
  source: Pick<Source, "rights"> | null,
  at: Date,
): PageRights {
  const binding = withoutConsented(signals, source?.rights.consent?.to ?? []);
  const [reservations, reserved] = [signals, binding].map((some) => reservationNames(some, at));
  return { signals, reservations: reservations ?? [], binding, reserved: reserved ?? [] };
}

export function isConsented({ signals, binding }: PageRights): boolean {
  return JSON.stringify(signals) !== JSON.stringify(binding);
}

/** Returns what we may analyse: with a TDM reservation, the publisher's teaser, not the text. */
export function forAnalysis(extraction: Extraction, reserved: readonly string[]): Extraction {
  if (!reserved.includes("tdm")) return extraction;
  // A teaser made of first paragraphs is part of the text. A description is meant to be passed on.
  const ours = extraction.evidence.teaser?.rule === "first paragraphs";
  const { teaser: _, ...fields } = extraction.fields;
  return teaserOnly(ours ? { ...extraction, fields: { ...fields, teaser: null } } : extraction);
}

/** Returns what we may store: with `noarchive` or a TDM reservation, the teaser, not the text. */
export function forStore(extraction: Extraction, reserved: readonly string[]): Extraction {
  return withholds(reserved) ? teaserOnly(extraction) : extraction;
}

/** Returns the reservation that forbids storing the bytes of a page; null if none does. */
export function withholds(reserved: readonly string[]): NonNullable<Capture["withheld"]> | null {
  const [reason] = (["tdm", "noarchive"] as const).filter((name) => reserved.includes(name));
  return reason ?? null;
}

/** Returns a message to operators about reservations; null if there are none besides `noindex`. */
export function reservationMessage(reserved: readonly string[]): string | null {
  const names = reserved.filter((name) => name !== "noindex");
  if (names.length === 0) return null;
  const means = withholds(names) ? "only the teaser is stored" : "no teaser is shown";
  return `articles are reserved (${names.join(", ")}): ${means}`;
}

function teaserOnly(extraction: Extraction): Extraction {
  const { fields } = extraction;
  const { text: _, html: __, ...evidence } = extraction.evidence;
  return { ...extraction, fields: { ...fields, text: fields.teaser, html: null }, evidence };
}
