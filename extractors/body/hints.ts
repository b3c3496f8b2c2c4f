const words = (list: string) => new Set(list.split(/\s+/).filter(Boolean));

/** Words in class and id of what surrounds an article: dropped with all they hold. */
const AROUND = words(`
  ad ads advert adverts advertisement advertising adslot adsense anzeige werbung publicidad publicite reklama reklame reklam
  sponsor sponsored promo promos promotion promoted teaser teasers outbrain taboola
  share shares sharing sharebar sharetools social socials addthis sharethis shariff facebook whatsapp
  related relateds recirc recommended recommendation recommendations recommend similar trending popular mostread
  newsletter newsletters subscribe subscription signup optin mailchimp
  comment comments disqus respond replies kommentare kommentar commentlist
  nav navigation navbar menu submenu breadcrumb breadcrumbs pagination pager paging
  sidebar footer masthead toolbar popup modal lightbox overlay tooltip
  cookie cookies consent gdpr paywall login
  tag tags taglist topics categories keywords
  byline author authors bio authorbox
  caption credit credits copyright
  toc rating ratings print metadata meta postmeta
  hidden invisible sr visuallyhidden offscreen noprint
  banner skip jump
  donate donation
`);

/** Words in class and id of an article's own container. */
const BODY = words(`
  articlebody articlecontent articletext articlecopy storybody storytext storycontent postcontent postbody entrycontent
  maincontent bodycontent richtext bodytext fulltext artikeltext
`);
const BODY_FIRST = words(
  "article story post entry blog news main page body single content text artikel rich node field detail",
);
const BODY_LAST = words(
  "body content text copy main wrapper container inner detail richtext area contents paragraphs",
);

export interface Hint {
  around: boolean;
  body: boolean;
  words: string[];
}

const NONE: Hint = { around: false, body: false, words: [] };
const known = new Map<string, Hint>();

/** What the words of an element's class and id say about it. */
export function hintOf(attribs: Record<string, string>): Hint {
  const { class: classes, id } = attribs;
  if (!classes && !id) return NONE;
  const key = `${classes ?? ""} ${id ?? ""}`;
  let hint = known.get(key);
  if (!hint) {
    hint = classify(key);
    if (known.size > 20_000) known.clear();
    known.set(key, hint);
  }
  return hint;
}

function classify(text: string): Hint {
  const all: string[] = [];
  let around = false;
  let body = false;
  for (const name of text.slice(0, 600).split(/\s+/)) {
    const parts = name
      .replace(/([a-z])([A-Z])/g, "$1-$2")
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .filter(Boolean);
    all.push(...parts);
    if (parts.some((part) => AROUND.has(part))) around = true;
    if (BODY.has(parts.join(""))) body = true;
    if (
      parts.length > 1 &&
      parts.some((part) => BODY_FIRST.has(part)) &&
      BODY_LAST.has(parts.at(-1) ?? "")
    )
      body = true;
  }
  return { around, body: body && !around, words: all };
}
