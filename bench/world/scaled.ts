import { stringify } from "yaml";
import { labelsOf, type SiteSpec } from "../../demo/data.ts";
import { type FeedItem, feedItems, feedOf, listingPage, listingPath } from "../../demo/entries.ts";
import { type Placed, placeNew, type Setting, trueArticle } from "../../demo/place.ts";
import { random } from "../../demo/random.ts";
import { ok, type Plan, page, type Reply, type Site, STATICS } from "../../demo/site.ts";
import { shellData, TEMPLATES } from "../../demo/templates.ts";
import type { View } from "../../demo/view.ts";
import { Html } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import { LANGUAGES, scaledText, scaledTitle } from "./scaled-text.ts";

/** The size and behaviour of a world of generated sites. Benchmarks use such worlds. */
export interface ScaledOptions {
  sites?: number;
  articles?: number;
  /** Share of articles announced twice, once with tracking parameters; 0 by default. */
  variants?: number;
  delayMs?: number;
  concurrency?: number;
  /** Whether scripts load the articles, so that each page must be rendered. */
  shells?: boolean;
  /**
   * Share of articles that can't be loaded, on every second site; 0 by default. Above 0, the
   * listings of these sites have next pages without end.
   */
  faults?: number;
}

const MAX_FEED_ITEMS = 200;
const OLDEST_DAYS = 19;
const SCALED_TEMPLATES = ["classic", "magazine", "cms"] as const;

/** Returns a plan of many sample news sites, whose articles are generated when requested. */
export function scaled(setting: Setting, options: ScaledOptions): Plan {
  const {
    sites: count = 10,
    variants = 0,
    delayMs = 10,
    concurrency = 2,
    shells = false,
    faults = 0,
  } = options;
  const total = options.articles ?? count * 100;
  const all = Array.from({ length: count }, (_, index) => {
    const size = Math.floor(total / count) + (index < total % count ? 1 : 0);
    return scaledSite(setting, index, size, { variants, delayMs, concurrency, shells, faults });
  });
  return {
    sites: all.map((one) => one.site),
    sources: all.map((one) => one.source),
    truth: () => ({
      articles: all.flatMap((one) => one.articles()),
      announced: [],
      forbidden: [],
      paces: all.map(({ site }) => ({
        host: `${site.host}:${setting.port}`,
        delayMs,
        concurrency,
      })),
    }),
  };
}

function scaledSite(
  setting: Setting,
  index: number,
  size: number,
  options: Required<Omit<ScaledOptions, "sites" | "articles">>,
) {
  const { seed, port, now } = setting;
  const id = `scaled-${String(index + 1).padStart(3, "0")}`;
  const language = LANGUAGES[index % LANGUAGES.length] ?? "en";
  const template = SCALED_TEMPLATES[index % SCALED_TEMPLATES.length] ?? "classic";
  const { variants, shells, faults, ...pace } = options;
  const spec: SiteSpec = {
    id,
    name: `Civic Monitor ${index + 1}`,
    host: `${id}.example`,
    language,
    country: { en: "GB", de: "DE", fr: "FR", es: "ES" }[language],
    topics: ["egovernment", "smart-city"],
    zone: "UTC",
    entry: "rss",
    template: shells ? "shell" : template,
    dateIn: (["jsonld", "meta", "time"] as const)[index % 3] ?? "jsonld",
    path: "/news/{number}",
    numbersFrom: 0,
    robots: "User-agent: *\nDisallow: /x/\n",
    render: shells ? "auto" : "http",
    hideLanguage: false,
    copies: [],
    quirks: [],
    decoys: [],
    articles: [],
    ...pace,
  };
  const base = `http://${spec.host}:${port}`;
  const step = (OLDEST_DAYS * DAY_MS) / Math.max(1, size);
  const pads = [29, 45, 70, 100].map((kb) => padding(kb * 1000, seed, id, kb));

  const place = (number: number): Placed => {
    const { title, paragraphs } = scaledText(seed, language, index, number);
    const at = Math.floor((now.getTime() - 60_000 - (size - number) * step) / 1000) * 1000;
    const tracked = random(seed, id, number, "variant").next() < variants;
    const text = { slug: String(number), title, author: "Robin Keller", body: "" };
    const placed = placeNew(spec, text, number, new Date(at), setting);
    const tracking = `${placed.url}?utm_source=feed&utm_medium=rss`;
    return { ...placed, paragraphs, variants: tracked ? [tracking] : [] };
  };
  const viewOf = (number: number): View => {
    const chance = random(seed, id, number, "page");
    const article = place(number);
    const related = [1, 2, 3].map((back) => {
      const other = ((number + back) % size) + 1;
      const title = scaledTitle(seed, language, index, other);
      return { ...article, title, path: `/news/${other}` };
    });
    return { spec, article, labels: labelsOf(language), related, now, chance };
  };
  const articlePage = (number: number): Reply => {
    const view = viewOf(number);
    const whole = TEMPLATES[spec.template](view);
    if (shells) return page(spec, whole);
    const pad = view.chance.pick(pads);
    const padded = whole.markup
      .replace("</head>", () => `${pad.head}</head>`)
      .replace("</body>", () => `${pad.foot}</body>`);
    return page(spec, new Html(padded));
  };
  const items = (high: number, low: number): FeedItem[] => {
    const list: FeedItem[] = [];
    for (let number = high; number >= Math.max(1, low); number--) {
      const placed = place(number);
      list.push(...feedItems(placed, [placed.url, ...placed.variants]));
    }
    return list;
  };
  const fails = faults > 0 && isFaulty(index);
  const perPage = Math.max(50, Math.ceil(size / 100));
  const pages = Math.max(1, Math.ceil(size / perPage));
  const site: Site = {
    host: spec.host,
    ...pace,
    reply: (path) => {
      const { pathname, searchParams } = new URL(path, base);
      const number = Number(/^\/news\/(\d+)$/.exec(pathname)?.[1] ?? 0);
      if (number >= 1 && number <= size) return articlePage(number);
      const data = Number(/^\/api\/news\/news\/(\d+)\.json$/.exec(pathname)?.[1] ?? 0);
      if (shells && data >= 1 && data <= size) {
        return ok("application/json", shellData(viewOf(data)));
      }
      if (path === "/rss.xml") return feedOf(spec, items(size, size - MAX_FEED_ITEMS + 1), base);
      if (pathname === "/news") {
        const part = Number(searchParams.get("page") ?? 1);
        const high = size - (part - 1) * perPage;
        return listingPage(spec, items(high, high - perPage + 1), part, fails ? part + 1 : pages);
      }
      if (path === "/robots.txt") return ok("text/plain", spec.robots ?? "");
      return STATICS[path] ?? null;
    },
  };
  const yaml = stringify({
    id,
    name: spec.name,
    home: `${base}/`,
    feeds: [`${base}/rss.xml`],
    listings: [
      {
        url: base + listingPath(1),
        item: "ul.entries > li",
        link: "h2 a",
        date: ".when",
        next: "a.next",
        pages: 100,
      },
    ],
    schedule: { every: "10m" },
    pace: { delay: `${pace.delayMs}ms`, concurrency: pace.concurrency },
    render: spec.render,
    language,
    country: spec.country,
    topics: spec.topics,
    firstRun: { articles: size * 2 + 100, days: 30 },
  });
  const articles = () => Array.from({ length: size }, (_, at) => trueArticle(spec, place(at + 1)));
  const served = fails ? faulty(site, spec, { seed, share: faults }) : site;
  return { site: served, source: { id, yaml }, articles };
}

const CLASS_NAME_WORDS =
  "grid hero card menu list item panel badge modal chart video promo teaser slide".split(" ");

function padding(bytes: number, ...seed: (number | string)[]): { head: string; foot: string } {
  const chance = random(...seed, "padding");
  const name = () =>
    `${chance.pick(CLASS_NAME_WORDS)}-${chance.pick(CLASS_NAME_WORDS)}-${chance.int(1, 999)}`;
  const styles: string[] = [];
  const settings: Record<string, unknown> = {};
  const menu: string[] = [];
  let size = 0;
  while (size < bytes) {
    const rule = `.${name()}{margin:${chance.int(0, 40)}px;color:#${chance.int(100000, 999999)};display:flex}`;
    const key = name();
    const value = { id: chance.int(1, 1e9), on: chance.next() > 0.5, path: `/x/${name()}` };
    const entry = `<li class="${name()}"><a href="/${name()}" data-track="${chance.int(1, 1e9)}"><span>${name()}</span></a></li>`;
    styles.push(rule);
    settings[key] = value;
    menu.push(entry);
    size += rule.length + key.length + JSON.stringify(value).length + entry.length;
  }
  return {
    head: `<style>${styles.join("\n")}</style><script>window.__settings=${JSON.stringify(settings)}</script>`,
    foot: `<nav class="mega-menu"><ul>${menu.join("\n")}</ul></nav>`,
  };
}

/** No fetcher waits this long. */
const HANGING_REPLY_MS = 120_000;
const FAULTS: readonly Partial<Reply>[] = [
  { status: 500, body: "" },
  { delayMs: HANGING_REPLY_MS },
  { endless: true },
];

/** Every second site has faults; the others are for comparison. */
export const isFaulty = (index: number) => index % 2 === 1;

function faulty(
  site: Site,
  spec: SiteSpec,
  { seed, share }: { seed: number; share: number },
): Site {
  return {
    ...site,
    reply(path) {
      const good = site.reply(path);
      const [, number] = /^\/news\/(\d+)/.exec(path) ?? [];
      if (good && number !== undefined) {
        const chance = random(seed, spec.id, Number(number), "fault");
        return chance.next() < share ? { ...good, ...chance.pick(FAULTS) } : good;
      }
      return good;
    },
  };
}
