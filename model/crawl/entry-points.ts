interface EntryPointTraits {
  field: string;
  /** Site discovery adds this to a candidate's score of 0 to 1. */
  preference: number;
  /** The most likely path comes first. */
  usualPaths: readonly string[];
  maxTried: number;
}

export const ENTRY_POINTS = {
  feed: {
    field: "feeds",
    preference: 0.2,
    usualPaths: [
      "/feed/",
      "/rss.xml",
      "/feed.xml",
      "/atom.xml",
      "/rss",
      "/index.xml",
      "/feed.json",
      "/index.rdf",
    ],
    maxTried: 6,
  },
  sitemap: {
    field: "sitemaps",
    preference: 0,
    usualPaths: [
      "/news-sitemap.xml",
      "/sitemap_news.xml",
      "/sitemap.xml",
      "/sitemap_index.xml",
      "/wp-sitemap.xml",
    ],
    maxTried: 5,
  },
  listing: {
    field: "listings",
    preference: 0.1,
    usualPaths: ["/news", "/aktuelles", "/presse", "/blog"],
    maxTried: 5,
  },
} as const satisfies Record<string, EntryPointTraits>;

export type EntryPointKind = keyof typeof ENTRY_POINTS;
export type EntryPointField = (typeof ENTRY_POINTS)[EntryPointKind]["field"];

export const ENTRY_POINT_KINDS = Object.keys(ENTRY_POINTS) as [EntryPointKind, ...EntryPointKind[]];
export const ENTRY_POINT_FIELDS = ENTRY_POINT_KINDS.map((kind) => ENTRY_POINTS[kind].field);

export type EntryPointsByField = Readonly<
  Record<EntryPointField, readonly (string | { readonly url: string })[]>
>;

export const NO_ENTRY_POINTS: Record<EntryPointField, never[]> = {
  feeds: [],
  sitemaps: [],
  listings: [],
};

export function listEntryPoints(
  source: EntryPointsByField,
): { kind: EntryPointKind; url: string }[] {
  return ENTRY_POINT_KINDS.flatMap((kind) =>
    source[ENTRY_POINTS[kind].field].map((entry) => ({
      kind,
      url: typeof entry === "string" ? entry : entry.url,
    })),
  );
}
