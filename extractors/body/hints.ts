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

/** Class names of an article's own body, their parts joined. */
const BODY =
  /^(?:article|story|post|entry|news|blog|artikel|single|node|field)(?:body|content|contents|text|copy|main|detail|paragraphs)$|^(?:body|rich|full|article|artikel|story|plain)text$/;
const BODY_FIRST = words(
  "article story post entry blog news artikel rich artical articulo noticia nota notizia beitrag",
);
const BODY_LAST = words(
  "body content contents text copy richtext paragraphs inhalt contenido corpo corps cuerpo texto testo texte html",
);
const OUTER = words("main page single content text body node field detail");
const OUTER_LAST = words("body content text main wrapper container inner detail area column");

/** What an element's class and id say about it. */
export interface Hint {
  never: boolean;
  around: boolean;
  aroundWhenSmall: boolean;
  hidden: boolean;
  /** How clearly it is named as an article's body. */
  body: "strong" | "weak" | null;
  words: string[];
}

const NONE: Hint = {
  never: false,
  around: false,
  aroundWhenSmall: false,
  hidden: false,
  body: null,
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
  const hint: Hint = { ...NONE, words: [] };
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
    const last = parts.at(-1) ?? "";
    const has = (set: Set<string>) => parts.length > 1 && parts.some((part) => set.has(part));
    if (BODY.test(parts.join("")) || (has(BODY_FIRST) && BODY_LAST.has(last))) hint.body = "strong";
    else if (has(BODY_FIRST) || has(OUTER)) hint.body ??= OUTER_LAST.has(last) ? "weak" : null;
  }
  if (hint.around) hint.body = null;
  return hint;
}
