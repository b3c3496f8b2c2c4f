import { eachName, type NameSays, flagForWords as words, wordsIn } from "./class-names.ts";

/** `isDropped` drops elements with these words if they have under 90 % of the prose. */
const NEVER_ARTICLE = words(`
  footer cookie cookies consent gdpr comments disqus kommentare commentlist newsletter newsletters
`);

/** `isDropped` drops elements with these words if they have up to half of the prose. */
const BOILERPLATE = words(`
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

/** `isDropped` drops elements with these words only if they have little prose. */
const SMALL_BOILERPLATE = words(`
  paywall tag tags taglist topics categories keywords byline author authors bio authorbox print metadata
  meta postmeta banner lightbox
`);

const AUTHOR = words(`
  byline bylines author authors autor autoren autorin auteur auteurs autore autores verfasser contributor contributors
  authorname autorenzeile autorzeile autorname writer reporter journalist skribent redactor authored vcard
`);
const ABOUT_AUTHOR = words(`
  bio biography about image img avatar photo social description desc box share follow comment comments
`);

const TRAIL = words(`
  breadcrumb breadcrumbs brotkrumen brotkrume krumen ariane migas migaja briciole broodkruimel okruszki
`);

const TAGS = words("tags taglist keywords schlagworte schlagwörter etiquetas");

const HIDDEN =
  /^(?:hidden|invisible|hide|d-none|is-hidden|off-?screen|a11y-hidden)$|visually-?hidden|sr-?only|screen-?reader/i;

/** This cheap test must match whenever `HIDDEN` matches. */
const MAY_HIDE = /hid|invisible|none|sr-?only|screen/i;

const JOINED_BODY_NAME =
  /^(?:article|story|post|entry|news|blog|artikel|single|node|field)(?:body|content|contents|text|copy|main|detail|paragraphs)$|^(?:body|rich|full|article|artikel|story|plain)text$/;
const BODY_FIRST = words(
  "article story post entry blog news artikel rich artical articulo noticia nota notizia beitrag",
);
const BODY_LAST = words(
  "body content contents text copy richtext paragraphs inhalt contenido corpo corps cuerpo texto testo texte html",
);
const OUTER = words("main page single content text body node field detail");
const OUTER_LAST = words("body content text main wrapper container inner detail area column");

interface NamedTag {
  readonly classes: string | undefined;
  readonly id: string | undefined;
  hint: Hint | null;
}

export function hintOf(tag: NamedTag): Hint {
  tag.hint ??= hintFor(tag.classes, tag.id);
  return tag.hint;
}

/** Hints by `class` attribute. A key is a slice of a page's markup and keeps it all in memory. */
let byClasses = new Map<string, Hint>();

/** Clears the cache of hints. Must be called before another page is parsed. */
export function forgetHints(): void {
  byClasses = new Map();
}

function hintFor(classes: string | undefined, id: string | undefined): Hint {
  if (id) return new Hint(classes ? `${classes} ${id}` : id);
  if (!classes) return NO_HINT;
  let hint = byClasses.get(classes);
  if (hint === undefined) {
    hint = new Hint(classes);
    byClasses.set(classes, hint);
  }
  return hint;
}

const MAX_CLASS_AND_ID_CHARS = 600;
/** A utility class such as `print:hidden` applies only to another medium or state. */
const VARIANT = /[:[\]!]/;

/** What an element's class and id say about the element. */
export class Hint {
  readonly never: boolean;
  readonly around: boolean;
  readonly aroundWhenSmall: boolean;
  readonly hidden: boolean;
  /** How clearly the name denotes an article's body; null if it doesn't. */
  readonly body: "strong" | "weak" | null;
  /** Whether the name denotes a byline. */
  readonly author: boolean;
  /** Whether the name denotes breadcrumbs. */
  readonly trail: boolean;
  readonly tags: boolean;
  readonly #text: string;
  #words: string[] | null = null;

  constructor(text: string) {
    this.#text = text.slice(0, MAX_CLASS_AND_ID_CHARS);
    let says = 0;
    let body: Hint["body"] = null;
    eachName(this.#text, (name) => {
      says |= name.says;
      if (body !== "strong") body = bodyIn(this.#text, name) ?? body;
    });
    this.never = (says & NEVER_ARTICLE) !== 0;
    this.around = (says & BOILERPLATE) !== 0;
    this.aroundWhenSmall = (says & SMALL_BOILERPLATE) !== 0;
    this.hidden = MAY_HIDE.test(text) && plainNames(this.#text).some((name) => HIDDEN.test(name));
    this.body = this.around ? null : body;
    this.author = (says & AUTHOR) !== 0 && (says & ABOUT_AUTHOR) === 0;
    this.trail = (says & TRAIL) !== 0;
    this.tags = (says & TAGS) !== 0;
  }

  get words(): string[] {
    this.#words ??= plainNames(this.#text).flatMap(wordsIn);
    return this.#words;
  }

  hasWord(names: ReadonlySet<string>): boolean {
    return this.words.some((word) => names.has(word));
  }
}

const NO_HINT = new Hint("");

function plainNames(text: string): string[] {
  return text.split(/\s+/).filter((name) => name && !VARIANT.test(name));
}

function bodyIn(text: string, { start, end, says, last, count }: NameSays): Hint["body"] {
  const first = (says & BODY_FIRST) !== 0;
  if (count > 1 && first && last & BODY_LAST) return "strong";
  const mayJoin =
    end - start >= MIN_JOINED_BODY_CHARS && BODY_END_LETTERS.includes(text[end - 1] ?? "");
  if (mayJoin && JOINED_BODY_NAME.test(wordsIn(text.slice(start, end)).join(""))) return "strong";
  return count > 1 && (first || says & OUTER) && last & OUTER_LAST ? "weak" : null;
}

const MIN_JOINED_BODY_CHARS = "newsbody".length;
/** Each name that `JOINED_BODY_NAME` matches ends in one of these letters. */
const BODY_END_LETTERS = "ytsnlYTSNL";
