import { leadOf } from "../../../articles/stream/lead.ts";
import { type Html, html, httpUrl } from "../../../lib/html.ts";
import type { ListedArticle } from "../../../store/articles/listing.ts";
import { type Around, pathIn } from "../../server/edition.ts";
import { nameOf } from "../../server/names.ts";
import { dayTitle } from "../../server/time.ts";
import { toldIn } from "../../server/translated.ts";
import type { DayDigest } from "./read.ts";

/** Styles stand at each element: mail programs drop style sheets. */
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

/** A day digest as a page that a mailer sends as it is: no script, no style sheet, no picture, whole addresses. */
export function digestMail(digest: DayDigest, around: Around): string {
  const { edition, config, snapshot } = around;
  const { language, words } = edition;
  const { day, groups, articles } = digest;
  const when = dayTitle(edition, day, null);
  const title = `${config.portalTitle}: ${words.digest}, ${when}`;
  const told = groups.flatMap((group) => group.articles).length;
  const portal = config.baseUrl + pathIn(edition, `/digest/${day}`);
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>
<body style="${STYLES.body}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="${STYLES.frame}"><tr><td style="${STYLES.cell}">
<h1 style="${STYLES.h1}">${title}</h1>
<p style="${STYLES.soft}">${words.digestNote(told, articles)} <a href="${portal}" style="${STYLES.link}">${words.onThePortal}</a></p>
${groups.map((group) => [
  html`<h2 style="${STYLES.h2}">${group.topic === null ? words.other : nameOf("topic", group.topic, around)}</h2>\n`,
  ...group.articles.map((one) => entry(one, digest, around)),
])}
<p style="${STYLES.soft}">${words.foot(config.timezone)}</p>
</td></tr></table>
</td></tr></table>
</body></html>
`.markup;

  function entry(article: ListedArticle, { stories }: DayDigest, here: Around): Html {
    const { prefix, titleLanguage, leadLanguage, ...one } = toldIn(edition, article);
    const source = snapshot.sources.get(article.sourceId);
    const id = encodeURIComponent(article._id);
    const others = (stories.get(article.storyId)?.sources.size ?? 1) - 1;
    const meta = [
      nameOf("source", article.sourceId, here),
      others > 0 && words.alsoAt(others),
      source?.rights.credit,
    ];
    return html`<h3 style="${STYLES.h3}" lang="${titleLanguage ?? ""}" dir="auto"><a href="${config.baseUrl + pathIn(edition, `/article/${id}`)}" style="${STYLES.link}">${prefix}${one.title}</a></h3>
${leadOf({ ...article, ...one }, source).map((text) => html`<p style="${STYLES.p}" lang="${leadLanguage ?? ""}" dir="auto">${text}</p>`)}
<p style="${STYLES.soft}">${meta.filter(Boolean).join(" · ")}${httpUrl(article.url) && html` · <a href="${config.baseUrl}/read/${id}" style="${STYLES.link}">${words.readMore} ${one.title}</a>`}</p>
`;
  }
}
