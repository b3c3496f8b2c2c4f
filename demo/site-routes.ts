import { Html, html } from "../lib/text.ts";
import { type Decoy, labelsOf, type SiteSpec } from "./data.ts";
import { entryReplies, type FeedItem, feedItems, feedPath, lastModified } from "./entries.ts";
import { articlePdf } from "./pdf.ts";
import { type Placed, pagesOf, type Setting } from "./place.ts";
import { random } from "./random.ts";
import { moved, ok, page, type Reply, type Site, STATICS } from "./site.ts";
import { amp, shellData, TEMPLATES } from "./templates.ts";
import { paragraphsOf } from "./text.ts";
import type { AnnouncedArticle } from "./truth.ts";
import type { View } from "./view.ts";

function articleReply(reply: Reply, { quirk }: Placed): Reply {
  if (quirk?.kind === "slow") return { ...reply, delayMs: 3000 };
  const headers = { "content-type": "text/plain" };
  if (quirk?.kind === "busy") {
    const busy = { status: 429, headers: { ...headers, "retry-after": "1" }, body: "" };
    return { ...reply, firstTime: busy };
  }
  if (quirk?.kind === "flaky") {
    return { ...reply, firstTime: { status: 500, headers, body: "" } };
  }
  return reply;
}

function announced(placed: Placed): string[] {
  const { url, variants, quirk } = placed;
  if (quirk?.kind === "tracking" || quirk?.kind === "short-link") return variants;
  if (quirk?.kind === "moved") return variants.slice(0, 1);
  if (quirk?.kind === "amp") return [url, ...variants];
  return [url];
}

function itemsOf(spec: SiteSpec, articles: Placed[], setting: Setting): FeedItem[] {
  const items = articles.flatMap((placed) => feedItems(placed, announced(placed)));
  for (const [index, decoy] of spec.decoys.entries()) {
    const at = Math.min(1 + index * 2, items.length);
    const near = items[at - 1];
    const url = `http://${decoy.host ?? spec.host}:${setting.port}${decoy.path}`;
    items.splice(at, 0, {
      title: decoy.title,
      url,
      path: decoy.host ? url : decoy.path,
      author: spec.name,
      publishedAt: near?.publishedAt ?? setting.now,
      modifiedAt: null,
      paragraphs: paragraphsOf(decoy.title),
    });
  }
  return items;
}

export function siteOf(spec: SiteSpec, articles: Placed[], setting: Setting): Site {
  const base = `http://${spec.host}:${setting.port}`;
  const labels = labelsOf(spec.language);
  const replies = new Map<string, Reply>();
  const items = itemsOf(spec, articles, setting);
  for (const [index, article] of articles.entries()) {
    const related = articles
      .filter((_, other) => other !== index)
      .slice(index % 3, (index % 3) + 3);
    const chance = random(setting.seed, spec.id, article.slug, "page");
    const view: View = { spec, article, labels, related, now: setting.now, chance };
    const path = article.url.slice(base.length);
    const reply =
      article.quirk?.kind === "pdf"
        ? ok("application/pdf", articlePdf(article))
        : page(spec, TEMPLATES[spec.template](view));
    replies.set(path, articleReply(reply, article));
    if (spec.template === "shell")
      replies.set(`/api/news${path}.json`, ok("application/json", shellData(view)));
    if (article.ampUrl) replies.set(article.ampUrl.slice(base.length), page(spec, amp(view)));
    if (article.quirk?.kind === "paged") {
      for (const { url, ...part } of pagesOf(article)) {
        const markup = TEMPLATES[spec.template]({ ...view, ...part });
        replies.set(url.slice(base.length), page(spec, markup));
      }
    }
    if (article.quirk?.kind === "moved") {
      replies.set(`/archive/${article.slug}`, moved(301, `/r/${article.slug}`));
      replies.set(`/r/${article.slug}`, moved(302, article.url));
    }
  }
  for (const decoy of spec.decoys) {
    if (!decoy.host) replies.set(decoy.path, decoyReply(spec, decoy));
  }
  for (const [path, reply] of entryReplies(spec, items, base)) {
    reply.headers["last-modified"] = lastModified(items);
    replies.set(path, reply);
  }
  if (spec.robots !== null)
    replies.set("/robots.txt", ok("text/plain; charset=utf-8", spec.robots));
  replies.set("/", page(spec, homePage(spec, articles)));
  return {
    host: spec.host,
    delayMs: spec.delayMs,
    concurrency: spec.concurrency,
    reply: (path) =>
      replies.get(path) ?? replies.get(withoutTracking(path)) ?? STATICS[path] ?? null,
  };
}

function homePage(spec: SiteSpec, articles: Placed[]): Html {
  const links = articles.map(({ path, title }) => html`<li><a href="${path}">${title}</a></li>\n`);
  return html`<!DOCTYPE html><html lang="${spec.language}"><head><meta charset="${spec.charset ?? "utf-8"}"><title>${spec.name}</title>${feedLink(spec)}</head><body><h1>${spec.name}</h1><ul>${links}</ul></body></html>`;
}

const FEED_TYPES: Partial<Record<SiteSpec["entry"], string>> = {
  rss: "application/rss+xml",
  "rss-full": "application/rss+xml",
  atom: "application/atom+xml",
  json: "application/feed+json",
};

function feedLink(spec: SiteSpec): Html | null {
  const type = FEED_TYPES[spec.entry];
  return type ? html`<link rel="alternate" type="${type}" href="${feedPath(spec)}">` : null;
}

function withoutTracking(path: string): string {
  const url = new URL(path, "http://site.example");
  for (const name of Array.from(url.searchParams.keys())) {
    if (/^utm_|^fbclid$/.test(name)) url.searchParams.delete(name);
  }
  return url.pathname + url.search;
}

/** The decoys that are stored as articles, with what their sites announce or show for free. */
export const STORED_DECOYS: Partial<
  Record<Decoy["kind"], Pick<AnnouncedArticle, "completeness" | "reason">>
> = {
  endless: { completeness: "announced", reason: "timeout" },
  consent: { completeness: "announced", reason: "consent" },
  forbidden: { completeness: "announced", reason: "robots" },
  blocked: { completeness: "announced", reason: "blocked" },
  film: { completeness: "announced", reason: "not-article" },
  paywall: { completeness: "partial", reason: "paywall" },
};

/** The decoys that a crawler must not request: one is off-site, robots.txt forbids the other. */
export const FORBIDDEN_DECOYS: readonly Decoy["kind"][] = ["advert", "forbidden"];

export function decoyReply(spec: SiteSpec, decoy: Decoy): Reply {
  const { cookies, footer, nav, newsletter } = labelsOf(spec.language);
  const { title } = decoy;
  const frame = (name: string, inner: Html, head?: Html) =>
    page(
      spec,
      html`<!DOCTYPE html><html lang="${spec.language}"><head><meta charset="utf-8"><title>${name}</title>${head}</head><body>${inner}</body></html>`,
    );
  switch (decoy.kind) {
    case "missing":
      return { ...frame("404", html`<h1>404</h1><p>${footer}</p>`), status: 404 };
    case "gone":
      return { ...frame("410", html`<h1>410 Gone</h1><p>${footer}</p>`), status: 410 };
    case "endless":
      return {
        ...frame(title, html`<div class="live">${nav.join(" ")}`),
        endless: true,
      };
    case "consent":
      return frame(
        spec.name,
        html`<div id="consent-wall" class="cookie-consent" role="dialog" aria-modal="true"><h1>Cookies</h1>
<p>${cookies[0]}</p>
<form method="post" action="/consent"><button name="accept">${cookies[1]}</button><button name="reject">${cookies[2]}</button></form>
<p><a href="/privacy">Privacy policy</a> <a href="/vendors">Cookie settings (184 partners)</a></p></div>`,
      );
    case "blocked":
      return { ...frame("403", html`<h1>403</h1>`), status: 403 };
    case "film":
      return frame(
        title,
        html`<main><h1>${title}</h1><video src="/film.mp4"></video></main>`,
        html`<meta property="og:type" content="video.other">`,
      );
    case "paywall": {
      const ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        headline: title,
        isAccessibleForFree: false,
      };
      return frame(
        title,
        html`<article><h1>${title}</h1><p>${decoy.lead ?? title}</p><div class="paywall"><a href="/abo">${newsletter[2]}</a></div></article>`,
        html`<meta property="og:type" content="article"><script type="application/ld+json">${new Html(JSON.stringify(ld))}</script>`,
      );
    }
    case "advert":
    case "forbidden":
    default:
      return frame(title, html`<article><h1>${title}</h1><p>${newsletter[1]}</p></article>`);
  }
}
