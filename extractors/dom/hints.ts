import { eachName, type NameSays, wordsThatSay as words, wordsIn } from "./class-names.ts";

/**
 * Words in the class or id of elements that are never the article, however much text they contain.
 */
const NEVER = words(`
  footer cookie cookies consent gdpr comments disqus kommentare commentlist newsletter newsletters
`);

/**
 * Words in the class or id of an article's surroundings, which are dropped with all their content.
 */
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

/**
 * Words in the class or id of elements that are dropped only if they have little prose. With more
 * prose, they are wrappers of the page itself.
 */
const AROUND_WHEN_SMALL = words(`
  paywall tag tags taglist topics categories keywords byline author authors bio authorbox print metadata
  meta postmeta banner lightbox
`);

const AUTHOR = words(`
  byline bylines author authors autor autoren autorin auteur auteurs autore autores verfasser contributor contributors
  authorname autorenzeile autorzeile autorname writer reporter journalist skribent redactor authored vcard
`);
/** Words in the class or id of elements that are about an author but aren't bylines. */
const ABOUT = words(`
  bio biography about image img avatar photo social description desc box share follow comment comments
`);

const TRAIL = words(`
  breadcrumb breadcrumbs brotkrumen brotkrume krumen ariane migas migaja briciole broodkruimel okruszki
`);

const TAGS = words("tags taglist keywords schlagworte schlagwörter etiquetas");

const HIDDEN =
  /^(?:hidden|invisible|hide|d-none|is-hidden|off-?screen|a11y-hidden)$|visually-?hidden|sr-?only|screen-?reader/i;

/** A quick first test for `HIDDEN`. */
const MAY_HIDE = /hid|invisible|none|sr-?only|screen/i;

/** Matches class names of an article's body after their words are joined, such as `articlebody`. */
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

export interface Hint {
  never: boolean;
  around: boolean;
  aroundWhenSmall: boolean;
  hidden: boolean;
  /** How clearly the name denotes an article's body; null if it doesn't. */
  body: "strong" | "weak" | null;
  /** Whether the name denotes a byline. */
  author: boolean;
  /** Whether the name denotes breadcrumbs. */
  trail: boolean;
  tags: boolean;
  words: string[];
}

interface NamedTag {
  readonly classes: string | undefined;
  readonly id: string | undefined;
  hint: Hint | null;
}

export function hintOf(tag: NamedTag): Hint {
  tag.hint ??= hintFor(tag.classes, tag.id);
  return tag.hint;
}

/**
 * Hints by class. This cache is for one page only: its keys are slices of the page's markup, and
 * would otherwise keep the markup in memory.
 */
let byClasses = new Map<string, Hint>();

/** Clears the cache of hints. Must be called before another page is parsed. */
export function forgetHints(): void {
  byClasses = new Map();
}

function hintFor(classes: string | undefined, id: string | undefined): Hint {
  if (id) return new NameHint(classes ? `${classes} ${id}` : id);
  if (!classes) return NONE;
  let hint = byClasses.get(classes);
  if (hint === undefined) {
    hint = new NameHint(classes);
    byClasses.set(classes, hint);
  }
  return hint;
}

/** Maximum number of characters read from an element's class and id together. */
const READ = 600;
/**
 * Matches a variant of a utility class (`print:hidden`). Such a class applies to another medium or
 * state.
 */
const VARIANT = /[:[\]!]/;

class NameHint implements Hint {
  readonly never: boolean;
  readonly around: boolean;
  readonly aroundWhenSmall: boolean;
  readonly hidden: boolean;
  readonly body: Hint["body"];
  readonly author: boolean;
  readonly trail: boolean;
  readonly tags: boolean;
  readonly #text: string;
  #words: string[] | null = null;

  constructor(text: string) {
    this.#text = text.length > READ ? text.slice(0, READ) : text;
    let says = 0;
    let body: Hint["body"] = null;
    eachName(this.#text, (name) => {
      says |= name.says;
      if (body !== "strong") body = bodyIn(this.#text, name) ?? body;
    });
    const around = (says & AROUND) !== 0;
    this.never = (says & NEVER) !== 0;
    this.around = around;
    this.aroundWhenSmall = (says & AROUND_WHEN_SMALL) !== 0;
    this.hidden = MAY_HIDE.test(text) && plainNames(this.#text).some((name) => HIDDEN.test(name));
    this.body = around ? null : body;
    this.author = (says & AUTHOR) !== 0 && (says & ABOUT) === 0;
    this.trail = (says & TRAIL) !== 0;
    this.tags = (says & TAGS) !== 0;
  }

  get words(): string[] {
    this.#words ??= plainNames(this.#text).flatMap(wordsIn);
    return this.#words;
  }
}

const NONE: Hint = new NameHint("");

function plainNames(text: string): string[] {
  return text.split(/\s+/).filter((name) => name && !VARIANT.test(name));
}

function bodyIn(text: string, { start, end, says, last, count }: NameSays): Hint["body"] {
  const first = (says & BODY_FIRST) !== 0;
  if (count > 1 && first && last & BODY_LAST) return "strong";
  const mayJoin = end - start >= LEAST && BODY_END.includes(text[end - 1] ?? "");
  if (mayJoin && BODY.test(wordsIn(text.slice(start, end)).join(""))) return "strong";
  return count > 1 && (first || says & OUTER) && last & OUTER_LAST ? "weak" : null;
}

/** Length of the shortest name that `BODY` matches. */
const LEAST = "newsbody".length;
/** Each name that `BODY` matches ends in one of these letters. */
const BODY_END = "ytsnlYTSNL";
