import { leadOf } from "../../articles/stream/lead.ts";
import { type Html, html, httpUrl } from "../../lib/text.ts";
import { endOfDay } from "../../lib/time-expression.ts";
import { type ListedArticle, readListing } from "../../store/articles/listing.ts";
import { countStories, type Stories } from "../../store/articles/stories.ts";
import { getDay } from "../../store/publish/counters.ts";
import type { Store } from "../../store/store.ts";
import { type Around, dayTitle, nameOf, pathIn, translateInto } from "../server/edition.ts";
import { document } from "./feed.ts";

const MAX_ARTICLES = { read: 400, shown: 40 };

export type DayDigest = Awaited<ReturnType<typeof readDigest>>;

/**
 * Returns up to 40 stories of a day by topic, with one article each. In a topic, the stories with
 * the most sources come first. The digest is made from the newest 400 articles of the day.
 */
export async function readDigest(store: Store, day: string, { config, snapshot }: Around) {
  const options = { limit: MAX_ARTICLES.read, now: snapshot.now };
  const [{ articles }, counted] = await Promise.all([
    readListing(store, { day }, options),
    getDay(store, day),
  ]);
  const stories: Stories = await countStories(
    store,
    articles.map(({ storyId }) => storyId),
  );
  const best = rank(articles, stories).slice(0, MAX_ARTICLES.shown);
  const groups = byTopic(best, config.shownTopics);
  return {
    day,
    /** Number of all listed articles of the day. */
    articles: counted.articles,
    groups,
    /** The articles of all groups, as a digest shows them. */
    shown: groups.flatMap((group) => group.articles),
    stories,
  };
}

function rank(articles: readonly ListedArticle[], stories: Stories): ListedArticle[] {
  const sources = ({ storyId }: ListedArticle) => stories.get(storyId)?.sources.size ?? 1;
  const score = ({ relevanceScore }: ListedArticle) => relevanceScore ?? 0;
  const best = articles.toSorted(
    (a, b) =>
      sources(b) - sources(a) ||
      score(b) - score(a) ||
      b.sortAt.getTime() - a.sortAt.getTime() ||
      (a._id < b._id ? -1 : 1),
  );
  const first = new Map(best.toReversed().map((article) => [article.storyId, article]));
  return best.filter((article) => first.get(article.storyId) === article);
}

function byTopic(articles: readonly ListedArticle[], shown: readonly string[] | undefined) {
  const topics = shown ?? [...new Set(articles.flatMap((article) => article.topics))];
  const topicOf = (article: ListedArticle) =>
    topics.find((topic) => article.topics.includes(topic)) ?? null;
  return [...topics, null]
    .map((topic) => ({ topic, articles: articles.filter((one) => topicOf(one) === topic) }))
    .filter((group) => group.articles.length > 0);
}

/** Mail programs drop style sheets, so each element has its own `style` attribute. */
const STYLES = {
  body: "margin:0;padding:0;background:#f3f1ea;",
  frame:
    "max-width:640px;width:100%;background:#ffffff;font-family:Georgia,serif;color:#1d1c1a;line-height:1.5;",
  cell: "padding:20px 24px;",
  h1: "margin:0 0 4px;font-size:24px;line-height:1.25;",
  h2: "margin:24px 0 8px;padding-bottom:4px;border-bottom:2px solid #1d1c1a;font:bold 15px Arial,sans-serif;",
  h3: "margin:16px 0 4px;font-size:18px;line-height:1.3;",
  p: "margin:0 0 6px;font-size:15px;",
  soft: "margin:0 0 6px;color:#5f5b53;font:13px Arial,sans-serif;",
  link: "color:#0a5a64;",
};

/** Returns a digest for mail, with absolute URLs and no scripts, style sheets or images. */
export function digestMail(digest: DayDigest, around: Around): string {
  const { edition, config, snapshot } = around;
  const { language, messages } = edition;
  const { day, shown, groups, articles } = digest;
  const when = dayTitle(edition, day, null);
  const title = `${config.portalTitle}: ${messages.digest}, ${when}`;
  const portal = config.baseUrl + pathIn(edition, `/digest/${day}`);
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>
<body style="${STYLES.body}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="${STYLES.frame}"><tr><td style="${STYLES.cell}">
<h1 style="${STYLES.h1}">${title}</h1>
<p style="${STYLES.soft}">${messages.digestNote(shown.length, articles)} <a href="${portal}" style="${STYLES.link}">${messages.onThePortal}</a></p>
${groups.map((group) => [
  html`<h2 style="${STYLES.h2}">${group.topic === null ? messages.other : nameOf("topic", group.topic, around)}</h2>\n`,
  ...group.articles.map((one) => entry(one, digest, around)),
])}
<p style="${STYLES.soft}">${messages.foot(config.timezone)}</p>
</td></tr></table>
</td></tr></table>
</body></html>
`.markup;

  function entry(article: ListedArticle, { stories }: DayDigest, here: Around): Html {
    const { prefix, titleLanguage, leadLanguage, ...one } = translateInto(edition, article);
    const source = snapshot.sources.get(article.sourceId);
    const id = encodeURIComponent(article._id);
    const others = (stories.get(article.storyId)?.sources.size ?? 1) - 1;
    const meta = [
      nameOf("source", article.sourceId, here),
      others > 0 && messages.alsoAt(others),
      source?.rights.credit,
    ];
    return html`<h3 style="${STYLES.h3}" lang="${titleLanguage ?? ""}" dir="auto"><a href="${config.baseUrl + pathIn(edition, `/article/${id}`)}" style="${STYLES.link}">${prefix}${one.title}</a></h3>
${leadOf({ ...article, ...one }, source).map((text) => html`<p style="${STYLES.p}" lang="${leadLanguage ?? ""}" dir="auto">${text}</p>`)}
<p style="${STYLES.soft}">${meta.filter(Boolean).join(" · ")}${httpUrl(article.url) && html` · <a href="${config.baseUrl}/read/${id}" style="${STYLES.link}">${messages.readMore} ${one.title}</a>`}</p>
`;
  }
}

/** Returns day digests as an Atom feed (RFC 4287), one entry per day. */
export function digestFeed(digests: readonly DayDigest[], around: Around): string {
  const { edition, config } = around;
  const { language, messages } = edition;
  const self = `${config.baseUrl}/feeds/digest.atom?language=${language}`;
  const endOf = ({ day }: DayDigest) => endOfDay(day, config.timezone).toISOString();
  const [newest] = digests;
  return document(html`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">
<id>tag:newsgather,2026:feed/digest/${language}</id>
<title>${messages.digest} · ${config.portalTitle}</title>
<updated>${newest ? endOf(newest) : "1970-01-01T00:00:00Z"}</updated>
<link rel="self" type="application/atom+xml" href="${self}"/>
<link rel="alternate" type="text/html" href="${config.baseUrl + pathIn(edition, "/")}"/>
${digests.map(
  (digest) => html`<entry>
<id>tag:newsgather,2026:digest/${digest.day}/${language}</id>
<title>${messages.digest}: ${dayTitle(edition, digest.day, null)}</title>
<updated>${endOf(digest)}</updated>
<author><name>${config.portalTitle}</name></author>
<link rel="alternate" type="text/html" href="${config.baseUrl + pathIn(edition, `/digest/${digest.day}`)}"/>
<content type="html">${/<body[^>]*>(.*)<\/body>/s.exec(digestMail(digest, around))?.[1]?.trim()}</content>
</entry>
`,
)}</feed>`);
}
