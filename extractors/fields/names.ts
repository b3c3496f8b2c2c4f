import { type DateHit, findDates } from "../../lib/dates.ts";
import { decode } from "../page.ts";
import { keyOf } from "../words.ts";

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
export function isOthersLabel(text: string): boolean {
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
  const words = name.split(" ").length;
  if (ROLE.test(name) || !/\p{L}\p{M}*\p{L}/u.test(name) || words > 6) return null;
  if (PERSON.test(name) || HAN.test(name)) return { text: name, kind: "person" };
  return words <= 4 ? { text: name, kind: "other" } : null;
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
  const words = name.split(" ");
  for (let at = 1; at < words.length; at++) {
    const rest = words.slice(at).join(" ");
    const isRole =
      ROLE_FIRST.test(rest) || (at > 1 && (ROLE.test(words[at] ?? "") || ROLE.test(rest)));
    if (isRole) return words.slice(0, at).join(" ");
  }
  return name;
}

export function isOrganisation({ kind }: Name): boolean {
  return kind === "organisation";
}
