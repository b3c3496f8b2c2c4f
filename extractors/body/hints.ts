const words = (list: string) => new Set(list.split(/\s+/).filter(Boolean));

/** Words in class and id of what never is the article, however much text it holds. */
const NEVER = words(`
  footer cookie cookies consent gdpr comments disqus kommentare commentlist newsletter newsletters
`);

/** Words in class and id of what surrounds an article: dropped with all they hold. */
const AROUND = words(`
  ad ads advert adverts advertisement advertising adslot adsense anzeige werbung publicidad publicite reklama reklame reklam
  sponsor sponsored promo promos promotion promoted teaser teasers outbrain taboola
  share shares sharing sharebar sharetools social socials addthis sharethis shariff facebook whatsapp
  related relateds recirc recommended recommendation recommendations recommend similar trending popular mostread
  newsletter newsletters subscribe subscription signup optin mailchimp
  comment comments disqus respond replies kommentare kommentar commentlist
  nav navigation navbar menu submenu breadcrumb breadcrumbs pagination pager paging
  sidebar footer masthead toolbar popup modal overlay tooltip
  cookie cookies consent gdpr login
  caption credit credits copyright
  toc rating ratings noprint
  skip jump donate donation
`);

/** The same for elements that hold little prose; around more of it they are the page's own wrappers. */
const AROUND_WHEN_SMALL = words(`
  paywall tag tags taglist topics categories keywords byline author authors bio authorbox print metadata
  meta postmeta banner lightbox
`);

/** Class names that say that readers don't see an element. */
const HIDDEN =
  /^(?:hidden|invisible|hide|d-none|is-hidden|off-?screen|a11y-hidden)$|visually-?hidden|sr-?only|screen-?reader/i;

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

/** What an element's class and id say about it. */
export interface Hint {
  never: boolean;
  around: boolean;
  aroundWhenSmall: boolean;
  hidden: boolean;
  body: boolean;
  words: string[];
}

const NONE: Hint = {
  never: false,
  around: false,
  aroundWhenSmall: false,
  hidden: false,
  body: false,
  words: [],
};
const known = new Map<string, Hint>();

/** What the words of an element's class and id say about it; remembered, since pages repeat them. */
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
  const hint = { ...NONE, words: [] as string[] };
  for (const name of text.slice(0, 600).split(/\s+/)) {
    // Utility classes with a variant (`print:hidden`) speak of another medium or state.
    if (/[:[\]!]/.test(name)) continue;
    const parts = name
      .replace(/([a-z])([A-Z])/g, "$1-$2")
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .filter(Boolean);
    hint.words.push(...parts);
    hint.never ||= parts.some((part) => NEVER.has(part));
    hint.around ||= parts.some((part) => AROUND.has(part));
    hint.aroundWhenSmall ||= parts.some((part) => AROUND_WHEN_SMALL.has(part));
    hint.hidden ||= HIDDEN.test(name);
    hint.body ||=
      BODY.has(parts.join("")) ||
      (parts.length > 1 &&
        parts.some((part) => BODY_FIRST.has(part)) &&
        BODY_LAST.has(parts.at(-1) ?? ""));
  }
  hint.body &&= !hint.around;
  return hint;
}
