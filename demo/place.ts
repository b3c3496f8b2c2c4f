import { type Html, html } from "../lib/text.ts";
import { DAY_MS, HOUR_MS } from "../lib/time.ts";
import type { Quirk, SiteSpec, Text, WireCopy } from "./data.ts";
import { random } from "./random.ts";
import { edited, type Paragraph, paragraphsOf, plainText } from "./text.ts";
import type { TrueArticle } from "./truth.ts";

/** Settings of the sample news sites. Articles that exist at the start are dated before `now`. */
export interface Setting {
  port: number;
  seed: number;
  now: Date;
  every?: string;
}

export interface Placed {
  /** The text as first published, without later corrections. */
  text: Text;
  slug: string;
  title: string;
  author: string;
  paragraphs: Paragraph[];
  path: string;
  url: string;
  publishedAt: Date;
  modifiedAt: Date | null;
  duplicateOf: string | null;
  /** URLs of the same article other than `url`, all absolute. */
  variants: string[];
  ampUrl: string | null;
  quirk: Quirk | null;
}

function statesTimes(spec: SiteSpec): boolean {
  return spec.dateIn !== "text" && spec.dateIn !== "time-day";
}

function dateOf(spec: SiteSpec, index: number, count: number, setting: Setting): Date {
  const chance = random(setting.seed, spec.id, index, "date");
  const midnight = Math.floor(setting.now.getTime() / DAY_MS) * DAY_MS;
  const fresh = statesTimes(spec) ? 2 : 0;
  if (index < fresh) {
    const minutes = 35 + index * 190 + chance.int(0, 120);
    return new Date(Math.floor(setting.now.getTime() / 60_000 - minutes) * 60_000);
  }
  const back = 1 + Math.floor(((index - fresh) * 16) / count) + chance.int(0, 1);
  return new Date(midnight - back * DAY_MS + 6 * HOUR_MS + chance.int(0, 4 * 60) * 60_000);
}

export function placeNew(
  spec: SiteSpec,
  text: Text,
  number: number,
  at: Date,
  setting: Setting,
): Placed {
  const base = `http://${spec.host}:${setting.port}`;
  const quirk = spec.quirks.find((one) => one.slug === text.slug) ?? null;
  const path = pathOf(spec, text, number) + (quirk?.kind === "pdf" ? ".pdf" : "");
  const placed: Placed = {
    text,
    slug: text.slug,
    title: text.title,
    author: text.author,
    paragraphs: paragraphsOf(text.body),
    path,
    url: new URL(path, base).href,
    publishedAt: at,
    modifiedAt: null,
    duplicateOf: null,
    variants: [],
    ampUrl: null,
    quirk,
  };
  placed.variants = variantsOf(quirk, placed, base, setting.port);
  if (quirk?.kind === "amp") placed.ampUrl = placed.variants[0] ?? null;
  return placed;
}

function pathOf({ path, numbersFrom }: SiteSpec, text: Text, number: number): string {
  const template = text.path ?? path;
  return template.replace("{slug}", text.slug).replace("{number}", String(numbersFrom + number));
}

function variantsOf(quirk: Quirk | null, placed: Placed, base: string, port: number): string[] {
  if (quirk?.kind === "tracking") {
    return [
      `${placed.url}?utm_source=rss&utm_medium=feed&utm_campaign=autumn`,
      `${placed.url}?fbclid=IwAR0x7pQ2`,
    ];
  }
  if (quirk?.kind === "paged") return [2, 3].map((page) => `${placed.url}${quirk.form}${page}`);
  if (quirk?.kind === "amp") return [`${base}/amp/${quirk.slug}`];
  if (quirk?.kind === "moved") return [`${base}/archive/${quirk.slug}`, `${base}/r/${quirk.slug}`];
  if (quirk?.kind === "short-link") return [`http://${quirk.host}:${port}${quirk.path}`];
  return [];
}

export function trueArticle(spec: SiteSpec, placed: Placed): TrueArticle {
  return {
    url: placed.url,
    sourceId: spec.id,
    title: placed.title,
    text: plainText(placed.paragraphs),
    publishedAt: placed.publishedAt.toISOString(),
    precision: statesTimes(spec) ? "instant" : "day",
    zone: spec.zone,
    language: spec.language,
    duplicateOf: placed.duplicateOf,
    variants: placed.variants,
  };
}

/** Returns the articles that a site wrote itself, newest first. */
export function placeOwn(spec: SiteSpec, setting: Setting): Placed[] {
  const count = spec.articles.length;
  return spec.articles.map((text, index) =>
    placeNew(spec, text, count - index, dateOf(spec, index, count, setting), setting),
  );
}

export function placeCopy(
  spec: SiteSpec,
  copy: Pick<WireCopy, "slug" | "edit">,
  number: number,
  original: Placed,
  setting: Setting,
): Placed {
  const chance = random(setting.seed, spec.id, copy.slug);
  const at = original.publishedAt.getTime();
  const free = Math.floor((setting.now.getTime() - at) / 60_000) - 1;
  const minutes = Math.max(1, Math.min(60 + chance.int(0, 120), free));
  const text = edited(original.text, copy.edit);
  const placed = placeNew(spec, text, number, new Date(at + minutes * 60_000), setting);
  return { ...placed, duplicateOf: original.url };
}

export function pagesOf(article: Placed): { url: string; article: Placed; pager: Html }[] {
  const urls = [article.url, ...article.variants];
  const { paragraphs } = article;
  const share = Math.ceil(paragraphs.length / urls.length);
  return urls.map((url, index) => {
    const own = paragraphs.slice(index * share, (index + 1) * share);
    const links = urls.map((to, at) =>
      at === index ? html`<b>${at + 1}</b> ` : html`<a href="${to}">${at + 1}</a> `,
    );
    const pager = html`<p class="page-links">${links}</p>`;
    return { url, article: { ...article, paragraphs: own }, pager };
  });
}
