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

/** Words in class and id of bylines, and of what is about an author without being one. */
const AUTHOR = words(`
  byline bylines author authors autor autoren autorin auteur auteurs autore autores verfasser contributor contributors
  authorname autorenzeile autorzeile autorname writer reporter journalist skribent redactor authored vcard
`);
const ABOUT = words(`
  bio biography about image img avatar photo social description desc box share follow comment comments
`);

/** Words in class and id of the way from the front page to the article. */
const TRAIL = words(`
  breadcrumb breadcrumbs brotkrumen brotkrume krumen ariane migas migaja briciole broodkruimel okruszki
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
  /** It holds a byline. */
  author: boolean;
  /** It holds the way from the front page to the article. */
  trail: boolean;
  words: string[];
}

const NONE: Hint = {
  never: false,
  around: false,
  aroundWhenSmall: false,
  hidden: false,
  body: null,
  author: false,
  trail: false,
  words: [],
};

/** Most class names, and texts of class and id, that are remembered; then they are read anew. */
const MOST = 20_000;
const byText = new Map<string, Hint>();

/** What an element's class and id say about it; remembered by element and by text, since pages repeat them. */
export function hintOf(tag: { attribs: Record<string, string>; hint: Hint | null }): Hint {
  tag.hint ??= hintFor(tag.attribs["class"], tag.attribs["id"]);
  return tag.hint;
}

function hintFor(classes: string | undefined, id: string | undefined): Hint {
  if (!classes && !id) return NONE;
  const text = classes && id ? `${classes} ${id}` : classes || id || "";
  return remembered(byText, text, classify);
}

/** Looks a text up. The key is a string of its own: a slice would keep its whole page in memory. */
function remembered<T>(known: Map<string, T>, text: string, make: (text: string) => T): T {
  let value = known.get(text);
  if (value === undefined) {
    value = make(text);
    if (known.size > MOST) known.clear();
    known.set(` ${text}`.slice(1), value);
  }
  return value;
}

function classify(text: string): Hint {
  const all: string[] = [];
  let says = 0;
  let hidden = false;
  let body: Hint["body"] = null;
  for (const part of text.slice(0, 600).split(/\s+/)) {
    const name = remembered(byName, part, readName);
    says |= name.says;
    hidden ||= name.hidden;
    if (name.body && body !== "strong") body = name.body;
    all.push(...name.words);
  }
  const around = (says & AROUND) !== 0;
  return {
    never: (says & NEVER) !== 0,
    around,
    aroundWhenSmall: (says & AROUND_WHEN_SMALL) !== 0,
    hidden,
    body: around ? null : body,
    author: (says & AUTHOR) !== 0 && (says & ABOUT) === 0,
    trail: (says & TRAIL) !== 0,
    words: all,
  };
}

/** What a single class name or id says. */
interface Name extends Pick<Hint, "hidden" | "body" | "words"> {
  says: number;
}

const byName = new Map<string, Name>();

function readName(name: string): Name {
  // Utility classes with a variant (`print:hidden`) speak of another medium or state.
  if (/[:[\]!]/.test(name)) return { says: 0, hidden: false, body: null, words: [] };
  const parts = wordsIn(name);
  let says = 0;
  for (const part of parts) says |= WORDS.get(part) ?? 0;
  const last = parts.length > 1 ? (WORDS.get(parts.at(-1) ?? "") ?? 0) : 0;
  const first = (says & BODY_FIRST) !== 0;
  const strong = (first && last & BODY_LAST) || BODY.test(parts.join(""));
  const weak = (first || says & OUTER) && last & OUTER_LAST;
  const body = strong ? "strong" : weak ? "weak" : null;
  return { says, hidden: HIDDEN.test(name), body, words: parts };
}

const BEYOND_ASCII = /[^\0-\x7f]/;

/** The words of one class name: `article-body`, `articleBody` and `article__body` have the same two. */
function wordsIn(name: string): string[] {
  const apart = /[a-z][A-Z]/.test(name) ? name.replace(/([a-z])([A-Z])/g, "$1-$2") : name;
  const lower = apart.toLowerCase();
  return lower.match(BEYOND_ASCII.test(lower) ? /\p{L}+/gu : /[a-z]+/g) ?? [];
}
