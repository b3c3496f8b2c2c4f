import { eachName, type NameSays, wordsThatSay as words, wordsIn } from "./class-names.ts";

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

/** The same for elements with little prose. With more prose they are the page's own wrappers. */
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

/** Words in class and id of the box of an article's tags. */
const TAGS = words("tags taglist keywords schlagworte schlagwörter etiquetas");

/** Class names that say that readers don't see an element. */
const HIDDEN =
  /^(?:hidden|invisible|hide|d-none|is-hidden|off-?screen|a11y-hidden)$|visually-?hidden|sr-?only|screen-?reader/i;

/** A part of each of them, as a quick first test. */
const MAY_HIDE = /hid|invisible|none|sr-?only|screen/i;

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

/** The meaning of an element's class and id. */
export interface Hint {
  never: boolean;
  around: boolean;
  aroundWhenSmall: boolean;
  hidden: boolean;
  /** How clearly its name says that it is an article's body. */
  body: "strong" | "weak" | null;
  /** It holds a byline. */
  author: boolean;
  /** It holds the way from the front page to the article. */
  trail: boolean;
  /** It holds the article's tags. */
  tags: boolean;
  words: string[];
}

/** The meaning of an element's class and id. */
interface NamedTag {
  readonly classes: string | undefined;
  readonly id: string | undefined;
  hint: Hint | null;
}

/** Returns the meaning of an element's class and id. */
export function hintOf(tag: NamedTag): Hint {
  tag.hint ??= hintFor(tag.classes, tag.id);
  return tag.hint;
}

/** Valid for one page: the keys are cut from its text and would keep it in memory. */
let byClasses = new Map<string, Hint>();

/** Begins another page. */
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

/** Characters of class and id that are read. */
const READ = 600;
/** Utility classes with a variant (`print:hidden`) speak of another medium or state. */
const VARIANT = /[:[\]!]/;

/** A hint whose words are cut out once somebody asks for them; a class for that getter's sake. */
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

/** The shortest name of a body, and the letters that such names end in. */
const LEAST = "newsbody".length;
const BODY_END = "ytsnlYTSNL";
