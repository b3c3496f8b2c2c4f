import { type DateHit, findDates } from "../../lib/dates.ts";
import { hintOf } from "../dom/hints.ts";
import { type Block, closest, Tag, textOf, words } from "../dom/node.ts";
import {
  byDistance,
  decode,
  isAmong,
  isNode,
  type Layout,
  list,
  metas,
  type Page,
  resolve,
  textIn,
  typesOf,
} from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";
import { keyOf } from "../words.ts";
import { siteNames } from "./labels.ts";

/** `read` returns bylines, and names that are stated to be organisations. */
type Place = [
  rule: string,
  confidence: number,
  read: (page: Page, layout: Layout) => (string | Name)[],
];

const LINE_BY = "line by";
const IMPLICIT_RULES = new Set(["class author", "link to author", LINE_BY]);

const BYLINE_PLACES: Place[] = [
  ["json-ld author", 0.95, ldAuthors],
  [
    "meta byline",
    0.9,
    (page) => [
      ...metas("parsely-author", "sailthru.author", "byl")(page),
      ...metas("dc.creator", "dcterms.creator", "citation_author")(page).map(inOrder),
      ...metas("cxenseparse:author", "article:byline")(page),
    ],
  ],
  ["meta article:author", 0.85, metas("article:author", "og:article:author", "og:author")],
  [
    "rel=author",
    0.85,
    (page, layout) => linesOf(page.tags("a"), layout, ({ rel = "" }) => /\bauthor\b/.test(rel)),
  ],
  [
    "itemprop=author",
    0.8,
    (page, { headline }) => {
      const own = page.props("author").filter((tag) => !isAside(tag, headline));
      return own.slice(0, 5).map(authorProp);
    },
  ],
  [
    "class author",
    0.75,
    (page, layout) => linesOf(page.tree.tags, layout, (tag) => hintOf(tag).author),
  ],
  [
    "link to author",
    0.7,
    (page, layout) =>
      linesOf(page.tags("a"), layout, (tag) => AUTHOR_PATH.test(tag.attribs["href"] ?? "")),
  ],
  [LINE_BY, 0.65, shownByline],
  ["meta author", 0.7, metas("author", "article.author", "creator")],
  ["meta ContentSource", 0.7, (page) => page.meta("contentsource").map(organisation)],
];

export interface Signed {
  authors: Answer<string[]>;
  organisations: Answer<string[]>;
}

/** Returns the byline's authors and organisations, preferably from a place that names a person. */
export function readSigned(page: Page, layout: Layout): Signed {
  const site = siteNames(page);
  // Each place is read only when it is needed.
  const found = new Map<Place, { texts: string[]; names: Name[] }>();
  const readPlace = (place: Place) => {
    const known = found.get(place);
    if (known) return known;
    const [, , read] = place;
    const all = read(page, layout).map((one) => (typeof one === "string" ? { text: one } : one));
    const stated = all.filter((one, at) => {
      if ("kind" in one) return namesIn(one.text, site).length > 0;
      return !isOthersLabel(all[at - 1]?.text ?? "");
    });
    const seen = {
      texts: stated.map(({ text }) => text),
      names: stated.flatMap((one) => ("kind" in one ? one : namesIn(one.text, site))),
    };
    found.set(place, seen);
    return seen;
  };
  for (const accepts of ACCEPTANCE_TESTS) {
    for (const place of BYLINE_PLACES) {
      const { texts, names } = readPlace(place);
      const [rule, confidence] = place;
      if (!names.some((name) => accepts(name, rule))) continue;
      const fullNames = (some: Name[]) => {
        const values = [...new Set(some.map((name) => name.text))].slice(0, MAX_NAMES);
        return values.length > 0 ? answer(values, rule, texts.join("; "), confidence) : NOTHING;
      };
      return {
        authors: fullNames(names.filter((name) => !isOrganisation(name) && accepts(name, rule))),
        organisations: fullNames(names.filter(isOrganisation)),
      };
    }
  }
  return { authors: NOTHING, organisations: NOTHING };
}

const MAX_NAMES = 12;

const ACCEPTANCE_TESTS: ((name: Name, rule: string) => boolean)[] = [
  (name) => name.kind === "person",
  (name, rule) => !IMPLICIT_RULES.has(rule) && name.kind !== "person",
  (name, rule) => rule !== LINE_BY || /^\p{Lu}|^\S+$/u.test(name.text),
];

function ldAuthors({ article, ld }: Page): (string | Name)[] {
  const authors = list(article?.["author"] ?? article?.["creator"]);
  const resolved = authors.map((author) => resolve(author, ld, "name"));
  const persons = resolved.filter((author) => !isStatedOrganisation(author));
  const organisations = resolved.filter(isStatedOrganisation);
  return [...persons.flatMap(ldNames), ...organisations.flatMap(ldNames).map(organisation)];
}

function organisation(text: string): Name {
  return { text, kind: "organisation" };
}

function isStatedOrganisation(author: unknown): boolean {
  const types = isNode(author) ? typesOf(author) : [];
  return types.some((type) => type.endsWith("Organization")) && !types.includes("Person");
}

function ldNames(author: unknown): string[] {
  if (!isNode(author)) {
    const text = textIn(author);
    return text === null ? [] : [text];
  }
  const full = [textIn(author["givenName"]), textIn(author["familyName"])]
    .filter(Boolean)
    .join(" ");
  return list(author["name"] ?? (full || undefined)).flatMap((name) => textIn(name) ?? []);
}

const AUTHOR_PATH =
  /\/(?:authors?|autor(?:en|es|in)?|auteurs?|autore|by|profile|staff|contributors?|editors?|journalists?|redaktion|writers?|columnists?)\/[^/?#]{3,}/i;

function authorProp(tag: Tag): string {
  for (const child of tag.children) {
    if (child instanceof Tag && child.itemprop === "name") {
      return child.attribs["content"] ?? textOf(child, 200);
    }
  }
  return tag.attribs["content"] ?? textOf(tag, 200);
}

const CATALOGUE_NAME =
  /^(\p{Lu}[\p{L}\p{M}'’-]+),\s*(\p{Lu}[\p{L}\p{M}.'’-]*(?:\s\p{Lu}[\p{L}.]*)?)$/u;

function inOrder(text: string): string {
  const [, surname, givenName] = CATALOGUE_NAME.exec(text) ?? [];
  return surname && !namesIn(text, []).some(isOrganisation) ? `${givenName} ${surname}` : text;
}

const MAX_BYLINE_DISTANCE_TAGS = 1500;

function linesOf(tags: Tag[], { headline }: Layout, fits: (tag: Tag) => boolean): string[] {
  const found = tags.filter(fits);
  const innermost = found.filter((tag, at) => {
    return (found[at + 1]?.order ?? Infinity) > tag.last && !isAside(tag, headline);
  });
  const near = byDistance(innermost, headline);
  const [nearest] = near;
  if (!nearest || (headline && nearest.distance > MAX_BYLINE_DISTANCE_TAGS)) return [];
  // Other tags belong to the same byline only if they are close.
  const close = near.filter(({ tag }) => Math.abs(tag.order - nearest.tag.order) < 25).slice(0, 6);
  return close.flatMap(({ tag }) => pieces(tag));
}

function pieces(tag: Tag): string[] {
  const text = textOf(tag, 300);
  if (text.length < 3 || text.length > 200) return [];
  const inner = tag.children.filter((child) => child instanceof Tag);
  const links = inner.filter((child) => child.name === "a" && textOf(child, 50).length > 2);
  const apart = links.length > 0 ? links : inner;
  return apart.length > (links.length > 0 ? 0 : 1)
    ? apart.map((child) => textOf(child, 200))
    : [text];
}

function shownByline(_page: Page, { blocks, at, headline }: Layout): string[] {
  const fits = (block: Block) =>
    block.size < 150 &&
    block.kind !== "heading" &&
    isBylineOrDated(block.text) &&
    !isAside(block.tag, headline);
  const from = Math.max(0, at - 4);
  const found =
    blocks.slice(from, from + 40).find(fits) ??
    blocks.slice(from).findLast((block) => fits(block) && block.text.includes(":"));
  return found ? [found.text] : [];
}

function isAside(tag: Tag, headline: Tag | null): boolean {
  const isInForm = closest(tag, 30, ({ name }) => name === "form") !== null;
  return isInForm || isAmong(ASIDE, tag, 12, headline);
}

const ASIDE = words(
  "comment comments commentlist disqus respond related recommended recommendations sidebar newsletter popular trending mostread latest more",
);

/** A name in a byline: a person's, an organisation's, or a pen name that could be either. */
export interface Name {
  text: string;
  kind: "person" | "organisation" | "other";
}

const BYLINE_START = new RegExp(
  `^(?:${[
    "(?:(?:originally |first )?(?:written|posted|published|reported|authored|created|edited|reviewed|updated|story|text|words|quelle:?|source:?|article|report|interview|review|analysis|insights?|contributed|submitted|blog|post|photos?|photography|illustrations?)\\s+(?:and photos\\s+)?)?by\\b|insights? from\\b",
    "(?:(?:geschrieben|verfasst|veröffentlicht|eingestellt|erstellt|gepostet|ein (?:kommentar|gastbeitrag|beitrag|interview)|kommentar|text|artikel|bericht|beitrag|gastbeitrag|redaktion|publiziert|interview)\\s+)?(?:von|vom)\\b",
    "(?:(?:publié|écrit|rédigé|proposé|article|texte)e?\\s+)?par\\b",
    "(?:(?:publicado|escrito|redactado|texto|postado)\\s+)?por\\b",
    "(?:(?:scritto|pubblicato|articolo|testo|a cura)\\s+)?(?:di|da)\\b",
    "(?:(?:skrevet|tekst|skriven|publicerad|geschreven|door)\\s+)?(?:av|af|door)\\b|door\\b",
    "(?:alles|mehr|more|all (?:articles|posts|stories)|artikel) (?:by|from|von)\\b",
    "przez\\b|od\\b|oleh\\b|bởi\\b|yazan\\b|ni\\b(?=\\s\\p{Lu})",
    "(?:authors?|writers?|reporters?|autor(?:in|en|es|a|as|i)?|auteure?s?|autrice|autore|verfasser(?:in)?|redakteur(?:in)?|text|tekst|texte?|texto|testo|words|redaktion|redactor|skribent|journalist|författare|forfatter|toimittaja|kirjoittaja|napisał|автор(?:ы)?|текст|редактор|корреспондент|责编|责任编辑|作者|文|編集|記者|记者|撰文|来源|取材・文|執筆|기자|글|كتب|الكاتب|بقلم|نویسنده|מאת|लेखक|লেখক|ผู้เขียน)\\s*[:：/|]",
    "(?:автор|מאת|بقلم)\\s",
  ].join("|")})\\s*[:：]?\\s*`,
  "iu",
);

const NAME_SEPARATOR =
  /\s*(?:[;|•·\n/／]|[,，、]\s*|\s[–—-]\s|\s&\s|\s\+\s|\s(?:and|und|et|y|e|og|och|en|i|ja|ve|и|та|with|και|és|și)\s(?=\p{Lu}))\s*/u;

const NOT_A_NAME =
  /\d{2}|https?:|www\.|\.(?:com|de|org|net)\b|@\w|[<>{}#=*?!…]|^(?:admin(?:istrator)?|editor|guest|user|author|autor|authors?|by|unknown|none|null|undefined|anonymous|anonym|n\/a|name|contributor|webmaster|default|wordpress|updated|published|share|follow|more|mehr|weiter|profil|profile|view(?: all)?|hide|show|comments?|kommentare?|antworten|reply|email|twitter|facebook|instagram|linkedin|rss|home|news|nachrichten|views|print|foto|photo|image|read(?: more)?|posts?|stand|abo)$/iu;

const NOT_WRITTEN =
  /^(?:\p{L}+ )?(?:updated|edited|reviewed|checked|fact-checked|translated|photographed|illustrated|produced) by\b/iu;

const ROLE_FIRST =
  /^(?:senior|junior|chief|deputy|managing|print|executive|assistant|associate|contributing|staff|freelance|political|foreign|head of|director|vice|president|professor|redakteur|autor(?:in)? und)\b/iu;

const ROLE =
  /^(?:(?:senior|junior|chief|deputy|managing|executive|assistant|associate|contributing|staff|freelance|guest|political|foreign|sports?|science|health|business|technology|tech|culture|national|digital|multimedia|data|investigative|head|lead|former|our)\b.*|.*\b(?:editor|writer|reporter|correspondent|contributor|journalist|columnist|producer|analyst|professor|director|manager|officer|founder|president|consultant|specialist|strategist|researcher|photographer|critic|ceo|cto|fellow|lecturer|intern|blogger|redakteur(?:in)?|autor(?:in)?|korrespondent(?:in)?|volont[äa]r(?:in)?|chefredakteur(?:in)?|reporter(?:in)?|journaliste?|rédactrice|rédacteur|redactora?|periodista|corresponsal|giornalista|redattore|jornalista|repórter|journalista|dziennikarz|журналист|корреспондент|обозреватель|редактор|articles|artikel|beiträge|posts|seconds|minutes?|hours?|lesezeit|updated|aktualisiert|published|veröffentlicht|verified|subscribe|follow)\b.*|.*\d.*\b(?:article|post|ago|min|read)\b.*)$/iu;

const ORGANISATION =
  /(?<![\p{L}\p{M}])(?:staff|editors|editorial|team|redaktion|redakt\p{L}*|redacci[oó]n|redazione|redação|r[eé]daction|toimitus|редакция|newsroom|news ?desk|desk|press|presse|agency|agencies|agentur|agence|agencias?|online|media|medien|magazin(?:e)?|network|television|fernsehen|radio|ltd|inc|llc|gmbh|ag|e\.?v|eg|company|association|stiftung|foundation|institut\p{L}*|university|universität|ministry|ministerium|department|board|bureau|office|council|group|times|zeitung|daily|tribune|herald|gazette|reuters|afp|dpa|apa|ap|tass|xinhua|ansa|efe|pti|ians|ani|tnn|kyodo|yonhap|bloomberg|mitarbeiter|leser|contributors|writers|administration|marketing|pressestelle|pressereferat|pressebüro|landkreis|kreisverwaltung|stadtverwaltung|gemeindeverwaltung|landratsamt|landesamt|bundesamt|\p{L}+ministerium|mairie|préfecture|ayuntamiento|gemeente|government|official|support|community|store|shop|news|nachrichten|blog|tv|fm)(?![\p{L}\p{M}])|编辑部|編集部|新聞社|通信社|新闻网/iu;

const PARTICLE =
  "(?:de|da|do|dos|das|di|du|del|della|der|den|des|van|von|zu|zum|zur|vom|la|le|el|al|bin|ibn|ben|y|e|ter|ten|af|av|st\\.?|’t|'t|mc|mac|abu|ul|ud|und)";
const WORD = "(?:\\p{Lu}[\\p{L}\\p{M}'’`.-]*|[\\p{Lo}][\\p{Lo}\\p{M}]*)";
const PERSON = new RegExp(
  `^(?:${PARTICLE}\\s)?${WORD}(?:[\\s·・]+(?:${PARTICLE}\\s+)*${WORD}){1,4}$`,
  "u",
);
const HAN = /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]{2,6}$/u;

const AFTER_NAMES =
  /\s(?:mit|avec|con|im gespräch|in \p{Lu}|(?:und |and )?(?:[Ii]llustrations?|[Ff]otos?|[Pp]hotos?|[Pp]hotography|[Bb]ilder)\b).*$/u;

const HANDLE = /(?<=\p{L}\s{1,3})@[\w.]{2,40}(?![\w@])/gu;

/** Whether a text introduces someone who didn't write the article, such as `Updated by:`. */
function isOthersLabel(text: string): boolean {
  return text.length < 40 && NOT_WRITTEN.test(text);
}

/** Returns the names in a byline. The names in `site` are the site's own, never persons. */
export function namesIn(byline: string, site: string[]): Name[] {
  if (/^\s*(?:https?:|\/)/i.test(byline)) return [];
  let text = decode(byline).replace(/\([^)]*\)?|\[[^\]]*\]?/g, (part) =>
    /^[([]责编/.test(part) ? part.slice(1, -1) : " ",
  );
  const [date] = findDates(text);
  if (date) {
    const after = afterDate(text, date);
    text = date.index > 3 && !isByline(after) ? text.slice(0, date.index) : after;
  }
  text = withoutBy(text.replace(HANDLE, " "));
  const names: Name[] = [];
  const parts = text.replace(AFTER_NAMES, "").split(NAME_SEPARATOR);
  // After a leading role, the line continues with the organisation.
  const [first = ""] = parts;
  if (ROLE_FIRST.test(first) || NOT_WRITTEN.test(byline.trim())) return [];
  for (const part of parts) {
    const name = nameOf(part, site);
    if (name && !names.some((other) => keyOf(other.text) === keyOf(name.text))) names.push(name);
  }
  return names;
}

function withoutBy(text: string): string {
  let rest = text.trim();
  for (let round = 0; round < 3 && BYLINE_START.test(rest); round++)
    rest = rest.replace(BYLINE_START, "").trim();
  return rest;
}

export function isBylineOrDated(text: string): boolean {
  if (isByline(text)) return true;
  const [date] = findDates(text);
  return date !== undefined && isByline(afterDate(text, date));
}

function afterDate(text: string, { index, text: date }: DateHit): string {
  return text.slice(index + date.length).replace(/^[\s,|·•–—-]+/u, "");
}

function isByline(text: string): boolean {
  return BYLINE_START.test(text.replace(/^[\s(（[【]+/u, ""));
}

function nameOf(text: string, site: string[]): Name | null {
  const whole = withoutBy(text.replace(/^[\s,.:;–—&|-]+|[\s,:;–—|-]+$/gu, "")).replace(/\s+/g, " ");
  if (whole.length < 2 || whole.length > 80 || NOT_A_NAME.test(whole)) return null;
  const isSite = site.some((other) => keyOf(other) === keyOf(whole));
  if (ORGANISATION.test(withoutPaper(whole)) || (isSite && !PERSON.test(whole))) {
    return whole.split(" ").length > 6 ? null : { text: whole, kind: "organisation" };
  }
  // A personal site is named after the person, but an organisation's name can look like a person's.
  if (isSite) return { text: whole, kind: "other" };
  const name = withoutRole(withoutPaper(whole));
  const count = name.split(" ").length;
  if (ROLE.test(name) || !/\p{L}\p{M}*\p{L}/u.test(name) || count > 6) return null;
  if (PERSON.test(name) || HAN.test(name)) return { text: name, kind: "person" };
  return count <= 4 ? { text: name, kind: "other" } : null;
}

/** Returns `Jane Doe` for `Jane Doe for The Gazette`. */
function withoutPaper(name: string): string {
  const [, person = "", paper] =
    /^(.+?)\s(for \p{Lu}|für (?:die|das|den) \p{Lu})/u.exec(name) ?? [];
  return paper && PERSON.test(person) && !INSTITUTION.test(person) ? person : name;
}

const INSTITUTION =
  /\b(?:cent(?:er|re)|society|alliance|campaign|coalition|committee|commission|union|institut\p{L}*|foundation|fund|department|departement|\p{L}*(?:amt|ministerium|verband|initiative|stelle)|agency|partnership|citizens|friends|doctors|people)\b/iu;

function withoutRole(name: string): string {
  const parts = name.split(" ");
  for (let at = 1; at < parts.length; at++) {
    const rest = parts.slice(at).join(" ");
    const isRole =
      ROLE_FIRST.test(rest) || (at > 1 && (ROLE.test(parts[at] ?? "") || ROLE.test(rest)));
    if (isRole) return parts.slice(0, at).join(" ");
  }
  return name;
}

/**
 * Returns as `organisations` the names in those bylines that name only organisations, and as
 * `authors` the other bylines, unchanged. Each is null if there are none.
 */
export function signedIn(bylines: string[] = []): {
  authors: string[] | null;
  organisations: string[] | null;
} {
  const read = bylines.map((text) => ({ text, names: namesIn(text, []) }));
  const isSignature = ({ names }: { names: Name[] }) =>
    names.length > 0 && names.every(isOrganisation);
  const authors = read.filter((it) => !isSignature(it)).map(({ text }) => text);
  const organisations = read
    .filter(isSignature)
    .flatMap(({ names }) => names.map((name) => name.text));
  return {
    authors: authors.length > 0 ? authors : null,
    organisations: organisations.length > 0 ? organisations : null,
  };
}

export function isOrganisation({ kind }: Name): boolean {
  return kind === "organisation";
}
