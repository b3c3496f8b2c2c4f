import { encode } from "./charset.ts";
import { isoIn, rfc822 } from "./dates.ts";
import { labelsOf } from "./labels-world.ts";
import type { Reply, SiteSpec } from "./site.ts";
import { escape } from "./text.ts";

/** One announced link. */
export interface FeedItem {
  title: string;
  /** Absolute. */
  url: string;
  /** As written in a listing. */
  path: string;
  teaser: string;
  published: Date;
  updated: Date | null;
  author: string;
  /** The full text as HTML. */
  html: string;
}

const cdata = (text: string) => `<![CDATA[${text}]]>`;

function rss(spec: SiteSpec, items: FeedItem[], base: string): string {
  const full = spec.entry === "rss-full";
  const list = items.map(
    (item) => `<item>
<title>${escape(item.title)}</title>
<link>${escape(item.url)}</link>
<guid isPermaLink="false">${spec.id}:${escape(item.path)}</guid>
<pubDate>${rfc822(item.published)}</pubDate>
<dc:creator>${escape(item.author)}</dc:creator>
<description>${cdata(`<p>${escape(item.teaser)}</p>`)}</description>
${full ? `<content:encoded>${cdata(item.html)}</content:encoded>\n` : ""}</item>`,
  );
  return `<?xml version="1.0" encoding="${(spec.charset ?? "utf-8").toUpperCase()}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${escape(spec.name)}</title>
<link>${base}/</link>
<description>${escape(labelsOf(spec.language).newsletter[1])}</description>
<language>${spec.language}</language>
<atom:link rel="self" type="application/rss+xml" href="${base}/rss.xml"/>
${list.join("\n")}
</channel>
</rss>`;
}

/** What careless software does to a feed: a bare ampersand, an HTML entity, an unclosed tag. */
function breakXml(xml: string): string {
  let item = 0;
  return xml.replace(/<\/item>/g, (end) => {
    item++;
    if (item === 2) return `<category>Trámites & servicios</category>\n${end}`;
    if (item === 3) return `<category>Gesti&oacute;n</category>\n${end}`;
    if (item === 4) return `<comments>0\n${end}`;
    return end;
  });
}

function rdf(spec: SiteSpec, items: FeedItem[], base: string): string {
  const list = items.map(
    (item) => `<item rdf:about="${escape(item.url)}">
<title>${escape(item.title)}</title>
<link>${escape(item.url)}</link>
<description>${escape(item.teaser)}</description>
<dc:creator>${escape(item.author)}</dc:creator>
<dc:date>${isoIn(item.published, spec.zone)}</dc:date>
</item>`,
  );
  return `<?xml version="1.0" encoding="${(spec.charset ?? "utf-8").toUpperCase()}"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="${spec.language}">
<channel rdf:about="${base}/index.rdf">
<title>${escape(spec.name)}</title>
<link>${base}/</link>
<description>${escape(spec.name)}</description>
<items><rdf:Seq>
${items.map((item) => `<rdf:li rdf:resource="${escape(item.url)}"/>`).join("\n")}
</rdf:Seq></items>
</channel>
${list.join("\n")}
</rdf:RDF>`;
}

function atom(spec: SiteSpec, items: FeedItem[], base: string): string {
  const newest = Math.max(...items.map((item) => (item.updated ?? item.published).getTime()));
  const list = items.map(
    (item) => `<entry>
<title>${escape(item.title)}</title>
<link rel="alternate" type="text/html" href="${escape(item.url)}"/>
<id>tag:${spec.host},2026:${escape(item.path)}</id>
<published>${isoIn(item.published, spec.zone)}</published>
<updated>${isoIn(item.updated ?? item.published, spec.zone)}</updated>
<author><name>${escape(item.author)}</name></author>
<content type="html">${escape(item.html)}</content>
</entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${spec.language}">
<title>${escape(spec.name)}</title>
<id>${base}/</id>
<link rel="self" href="${base}/atom.xml"/>
<updated>${new Date(newest).toISOString()}</updated>
${list.join("\n")}
</feed>`;
}

function json(spec: SiteSpec, items: FeedItem[], base: string): string {
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: spec.name,
    home_page_url: `${base}/`,
    feed_url: `${base}/feed.json`,
    language: spec.language,
    items: items.map((item) => ({
      id: `${spec.id}${item.path}`,
      url: item.url,
      title: item.title,
      summary: item.teaser,
      content_text: item.teaser,
      date_published: isoIn(item.published, spec.zone),
      authors: [{ name: item.author }],
    })),
  });
}

/** A site's feed in its format and charset. */
export function feedOf(spec: SiteSpec, items: FeedItem[], base: string): Reply {
  const charset = spec.charset ?? "utf-8";
  const reply = (type: string, text: string): Reply => ({
    status: 200,
    headers: { "content-type": type },
    body: encode(text, charset),
  });
  const { entry } = spec;
  if (entry === "atom") {
    return reply("application/atom+xml; charset=utf-8", atom(spec, items, base));
  }
  if (entry === "json") return reply("application/feed+json", json(spec, items, base));
  if (entry === "rss1") return reply("application/xml", rdf(spec, items, base));
  const plain = rss(spec, items, base);
  return reply("application/rss+xml", entry === "rss-broken" ? breakXml(plain) : plain);
}
