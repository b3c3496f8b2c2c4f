import { stringify } from "yaml";
import { feedPath } from "./entries.ts";
import type { Setting } from "./place.ts";
import type { SiteSpec } from "./site.ts";

/** The declaration of a sample site, as an operator would write it. */
export function sourceYaml(spec: SiteSpec, { port, every = "10m" }: Setting): string {
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
  const shortHosts = (spec.quirks ?? []).flatMap((quirk) =>
    quirk.kind === "short-link" ? [quirk.host] : [],
  );
  return stringify({
    id: spec.id,
    name: spec.name,
    home: `${base}/`,
    ...entry,
    schedule: { every },
    pace: { delay: `${spec.delayMs}ms`, concurrency: spec.concurrency ?? 1 },
    render: spec.render ?? "auto",
    ...(shortHosts.length > 0 && { allowHosts: shortHosts }),
    ...(!spec.hideLanguage && { language: spec.language }),
    country: spec.country,
    ...(spec.region && { region: spec.region }),
    topics: spec.topics,
  });
}
