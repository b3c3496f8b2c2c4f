import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { parseYaml } from "../lib/yaml-file.ts";

/** The build copies this folder next to the compiled code. */
const FOLDER = fileURLToPath(new URL("./world/", import.meta.url));

const articleSchema = z.strictObject({
  slug: z.string().min(1),
  /** Missing if the site's pattern gives the path. */
  path: z.string().startsWith("/").optional(),
  title: z.string().min(1),
  author: z.string().min(1),
  /** Paragraphs separated by blank lines; `## ` starts a subheading, `> ` a quotation. */
  body: z.string().min(1),
});

const editSchema = z.strictObject({
  title: z.string().optional(),
  author: z.string().optional(),
  replace: z.array(z.tuple([z.string(), z.string()])).optional(),
  lead: z.string().optional(),
  tail: z.string().optional(),
});

const quirkSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    slug: z.string(),
    kind: z.enum(["tracking", "amp", "moved", "slow", "busy", "flaky", "pdf"]),
  }),
  /** An article of three pages. `form` comes before the page number in the URL. */
  z.strictObject({ slug: z.string(), kind: z.literal("paged"), form: z.enum(["?seite=", "/"]) }),
  z.strictObject({
    slug: z.string(),
    kind: z.literal("short-link"),
    host: z.string(),
    path: z.string(),
  }),
]);

const decoySchema = z.strictObject({
  kind: z.enum([
    "missing",
    "gone",
    "endless",
    "consent",
    "advert",
    "forbidden",
    "blocked",
    "film",
    "paywall",
  ]),
  title: z.string(),
  path: z.string().startsWith("/"),
  /** A `paywall` page shows this paragraph for free. */
  lead: z.string().optional(),
  /** An `advert` links to this host. */
  host: z.string().optional(),
});

const copySchema = z.strictObject({ of: z.string(), slug: z.string(), edit: editSchema });

const siteSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  host: z.string(),
  language: z.string(),
  country: z.string(),
  region: z.string().optional(),
  topics: z.array(z.string()),
  zone: z.string(),
  entry: z.enum([
    "rss",
    "rss-full",
    "rss-broken",
    "rss1",
    "atom",
    "json",
    "news-sitemap",
    "listing",
  ]),
  template: z.enum(["classic", "magazine", "tables", "cms", "blog", "portal", "shell"]),
  /** Where an article's page states its date. `time-day` and `text` state no time of day. */
  dateIn: z.enum(["jsonld", "meta", "time", "time-day", "text"]),
  charset: z.enum(["utf-8", "windows-1251", "gb18030", "shift_jis"]).optional(),
  charsetIn: z.enum(["header", "meta"]).optional(),
  /** `{slug}` and `{number}` in this pattern are replaced. */
  path: z.string().startsWith("/"),
  /** The oldest article has this number plus 1. */
  numbersFrom: z.int().default(0),
  robots: z.string().nullable(),
  delayMs: z.int().positive(),
  concurrency: z.int().positive().default(1),
  render: z.enum(["http", "auto"]).default("auto"),
  hideLanguage: z.boolean().default(false),
  copies: z.array(copySchema).default([]),
  quirks: z.array(quirkSchema).default([]),
  decoys: z.array(decoySchema).default([]),
  articles: z.array(articleSchema),
});

const labelsSchema = z.strictObject({
  nav: z.array(z.string()),
  byline: z.string(),
  published: z.string(),
  updated: z.string(),
  related: z.string(),
  readAlso: z.string(),
  /** Title, text and button. */
  newsletter: z.tuple([z.string(), z.string(), z.string()]),
  share: z.string(),
  /** The title, then the comments. */
  comments: z.tuple([z.string()], z.string()),
  /** The text, then the buttons that accept and refuse. */
  cookies: z.tuple([z.string(), z.string(), z.string()]),
  footer: z.string(),
  next: z.string(),
  script: z.string(),
});

const happeningSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("published"), site: z.string(), article: articleSchema }),
  z.strictObject({
    kind: z.literal("copied"),
    site: z.string(),
    slug: z.string(),
    edit: editSchema,
  }),
  z.strictObject({ kind: z.literal("corrected"), slug: z.string(), edit: editSchema }),
  z.strictObject({
    kind: z.literal("retracted"),
    slug: z.string(),
    title: z.string(),
    notice: z.string(),
  }),
  z.strictObject({ kind: z.literal("faulty"), site: z.string(), ms: z.int().positive() }),
]);

export type Text = z.output<typeof articleSchema>;
export type Edit = z.output<typeof editSchema>;
export type Quirk = z.output<typeof quirkSchema>;
export type Decoy = z.output<typeof decoySchema>;
export type WireCopy = z.output<typeof copySchema>;
export type SiteSpec = z.output<typeof siteSchema>;
export type Charset = NonNullable<SiteSpec["charset"]>;
export type Labels = z.output<typeof labelsSchema>;
export type Happening = z.output<typeof happeningSchema>;

export function readData<T extends z.ZodType>(name: string, schema: T): z.output<T> {
  return parseYaml(schema, readFileSync(FOLDER + name, "utf8"), `demo/world/${name}`);
}

const readSite = (id: string) => readData(`sites/${id}.yaml`, siteSchema);

const { watched, unwatched } = readData(
  "world.yaml",
  z.strictObject({ watched: z.array(z.string()), unwatched: z.string() }),
);

export const SITES: readonly SiteSpec[] = watched.map(readSite);

/** A site that isn't declared as a source, so that users can add it themselves. */
export const UNWATCHED: SiteSpec = readSite(unwatched);

export const HAPPENINGS: readonly Happening[] = readData(
  "happenings.yaml",
  z.array(happeningSchema),
);

const LABELS = readData("labels.yaml", z.record(z.string(), labelsSchema));

export function labelsOf(language: string): Labels {
  const labels = LABELS[language];
  if (!labels) throw new Error(`demo/world/labels.yaml has no labels for "${language}"`);
  return labels;
}

/** The script that renders an initially empty page's article shortly after the page loads. */
export const SHELL_SCRIPT = readFileSync(`${FOLDER}app.js`, "utf8");
