/** What single words in class and id say, as bits. */
const WORDS = new Map<string, number>();
let bit = 1;

function words(list: string): number {
  const flag = bit;
  bit <<= 1;
  for (const word of list.split(/\s+/).filter(Boolean))
    WORDS.set(word, (WORDS.get(word) ?? 0) | flag);
  return flag;
}

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
  comment comments disqus respond reply replies kommentare kommentar commentlist
  nav navigation navbar menu submenu breadcrumb breadcrumbs pagination pager paging
  sidebar footer masthead toolbar popup modal overlay tooltip
  cookie cookies consent gdpr login
  caption credit credits copyright
  toc rating ratings noprint republish
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

const byText = new Map<string, Hint>();

/** What an element's class and id say about it; remembered by element and by text, since pages repeat them. */
export function hintOf(tag: { attribs: Record<string, string>; hint: Hint | null }): Hint {
  tag.hint ??= hintFor(tag.attribs["class"], tag.attribs["id"]);
  return tag.hint;
}

function hintFor(classes: string | undefined, id: string | undefined): Hint {
  if (!classes && !id) return NONE;
  // Always a new string: a slice as key would keep the whole page in memory.
  const text = `${classes ?? ""} ${id ?? ""}`;
  let hint = byText.get(text);
  if (!hint) {
    hint = classify(text);
    if (byText.size > 20_000) byText.clear();
    byText.set(text, hint);
  }
  return hint;
}

function classify(text: string): Hint {
  const hint: Hint = { ...NONE, words: [] };
  for (const name of text.slice(0, 600).split(/\s+/)) {
    // Utility classes with a variant (`print:hidden`) speak of another medium or state.
    if (/[:[\]!]/.test(name)) continue;
    const parts = wordsIn(name);
    let first = false;
    let outer = false;
    for (const part of parts) {
      hint.words.push(part);
      const says = WORDS.get(part) ?? 0;
      if (says & NEVER) hint.never = true;
      if (says & AROUND) hint.around = true;
      if (says & AROUND_WHEN_SMALL) hint.aroundWhenSmall = true;
      if (says & BODY_FIRST) first = true;
      if (says & OUTER) outer = true;
    }
    hint.hidden ||= HIDDEN.test(name);
    const last = parts.length > 1 ? (WORDS.get(parts.at(-1) ?? "") ?? 0) : 0;
    if ((first && last & BODY_LAST) || BODY.test(parts.join(""))) hint.body = "strong";
    else if ((first || outer) && last & OUTER_LAST) hint.body ??= "weak";
  }
  if (hint.around) hint.body = null;
  return hint;
}

/** The words of one class name: `article-body`, `articleBody` and `article__body` have the same two. */
function wordsIn(name: string): string[] {
  const apart = /[a-z][A-Z]/.test(name) ? name.replace(/([a-z])([A-Z])/g, "$1-$2") : name;
  return apart
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
}
