import { stringify } from "yaml";
import { SITES, type SiteSpec, UNWATCHED } from "./data.ts";
import { feedPath } from "./entries.ts";
import { applyHappened, type Happened, withFaults } from "./live.ts";
import { type Placed, placeCopy, placeOwn, type Setting, trueArticle } from "./place.ts";
import { moved, type Plan, type Reply, type Site } from "./site.ts";
import { decoyReply, FORBIDDEN_DECOYS, STORED_DECOYS, siteOf } from "./site-routes.ts";
import type { Truth } from "./truth.ts";

function placeAll(specs: readonly SiteSpec[], setting: Setting): Map<string, Placed[]> {
  const own = new Map(specs.map((spec) => [spec.id, placeOwn(spec, setting)]));
  const placesOf = (spec: SiteSpec): Placed[] => {
    const copies = spec.copies.map((copy, index) => {
      const original = own.get(copy.of)?.find((one) => one.slug === copy.slug);
      if (!original) throw new Error(`${spec.id} copies ${copy.slug}, which is not there`);
      return placeCopy(spec, copy, spec.articles.length + index + 1, original, setting);
    });
    const all = [...(own.get(spec.id) ?? []), ...copies];
    return all.toSorted((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime());
  };
  return new Map(specs.map((spec) => [spec.id, placesOf(spec)]));
}

function helperSites(specs: readonly SiteSpec[], places: Map<string, Placed[]>): Site[] {
  const hosts = new Map<string, Map<string, Reply>>();
  const add = (host: string, path: string, reply: Reply) =>
    hosts.set(host, (hosts.get(host) ?? new Map<string, Reply>()).set(path, reply));
  for (const spec of specs) {
    for (const placed of places.get(spec.id) ?? []) {
      if (placed.quirk?.kind === "short-link") {
        add(placed.quirk.host, placed.quirk.path, moved(301, placed.url));
      }
    }
    for (const decoy of spec.decoys) {
      if (decoy.host) add(decoy.host, decoy.path, decoyReply(spec, decoy));
    }
  }
  return [...hosts].map(([host, replies]) => ({
    host,
    delayMs: 100,
    concurrency: 1,
    reply: (path) => replies.get(path) ?? null,
  }));
}

export function handMade(setting: Setting, happened: readonly Happened[] = []): Plan {
  const places = placeAll(SITES, setting);
  applyHappened(SITES, places, happened, setting);
  const sites = [
    ...SITES.map((spec) =>
      withFaults(siteOf(spec, places.get(spec.id) ?? [], setting), spec, happened),
    ),
    siteOf(UNWATCHED, placeOwn(UNWATCHED, setting), setting),
    ...helperSites(SITES, places),
  ];
  const decoys = SITES.flatMap((spec) =>
    spec.decoys.map(({ kind, title, host = spec.host, path }) => ({
      kind,
      title,
      sourceId: spec.id,
      url: new URL(path, `http://${host}:${setting.port}`).href,
    })),
  );
  const truth: Truth = {
    articles: SITES.flatMap((spec) =>
      (places.get(spec.id) ?? []).map((placed) => trueArticle(spec, placed)),
    ),
    announced: decoys.flatMap(({ kind, ...decoy }) => {
      const stored = STORED_DECOYS[kind];
      return stored ? [{ ...decoy, ...stored }] : [];
    }),
    forbidden: decoys.filter(({ kind }) => FORBIDDEN_DECOYS.includes(kind)).map(({ url }) => url),
    paces: sites.map((site) => ({
      host: `${site.host}:${setting.port}`,
      delayMs: site.delayMs,
      concurrency: site.concurrency,
    })),
  };
  const sources = SITES.map((spec) => ({ id: spec.id, yaml: sourceYaml(spec, setting) }));
  return { sites, truth: () => truth, sources };
}

function sourceYaml(spec: SiteSpec, { port, every = "10m" }: Setting): string {
  const base = `http://${spec.host}:${port}`;
  const entry =
    spec.entry === "news-sitemap"
      ? { sitemaps: [`${base}/sitemap.xml`] }
      : spec.entry === "listing"
        ? {
            listings: [
              {
                url: `${base}/news`,
                item: "ul.entries > li",
                link: "h2 a",
                date: ".when",
                teaser: "p",
                next: "a.next",
              },
            ],
          }
        : { feeds: [`${base}${feedPath(spec)}`] };
  const shortHosts = spec.quirks.flatMap((quirk) =>
    quirk.kind === "short-link" ? [quirk.host] : [],
  );
  return stringify({
    id: spec.id,
    name: spec.name,
    home: `${base}/`,
    ...entry,
    schedule: { every },
    pace: { delay: `${spec.delayMs}ms`, concurrency: spec.concurrency },
    render: spec.render,
    ...(shortHosts.length > 0 && { allowHosts: shortHosts }),
    ...(!spec.hideLanguage && { language: spec.language }),
    country: spec.country,
    ...(spec.region && { region: spec.region }),
    topics: spec.topics,
  });
}
