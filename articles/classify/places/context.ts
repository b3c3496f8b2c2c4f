import type { Found } from "./find.ts";
import type { Gazetteer } from "./gazetteer.ts";
import type { Token } from "./tokens.ts";

/** What the words around a name say about it. */
export interface Context {
  /** The name of a person: not a place here. */
  person: boolean;
  /** The surname that follows a place that is a given name here. */
  surname: string | null;
  /** Part of an organisation's name. */
  organisation: boolean;
  /** `in`, `near`, `from`: somewhere, not somebody. */
  locative: boolean;
  /** Followed by the word for a city, a county or the like (Chinese, Japanese, Korean). */
  kindFollows: boolean;
}

const LOCATIVE = new Set(
  [
    "in at near from outside around across throughout",
    "im aus nach bei beim von nahe rund",
    "a au aux en dans depuis pres vers sur",
    "desde cerca al hacia",
    "ad nel nella nei da dal dalla presso di",
    "em no na nos nas",
    "te uit naar rond bij op",
    "в во из под на по около близ",
    "في من الي عن لدي",
  ]
    .join(" ")
    .split(" "),
);
/** Capitalised words after a place that is also a given name, with which it stays a place. */
const PLACE_NOUNS =
  /^(?:univers|airport|city|council|count|state|polic|hospital|stadt|town|mayor|region|district|province|area|court|school|metro|transit|port|harbo|park|street|summit|conference|forum|office|government|house|parliament|senate|olympic|olymp|games|times|week|authority|department|office|and|et|und|y|e|en)/;

/** Words for kinds of place that follow names without a space. */
const KINDS = /[市县縣県省州区區镇鎮都府道町村시도군구주]/;
const HONORIFIC = /^(?:さん|氏|様|先生|女士| ?씨(?!\p{L}))/u;
const INSTITUTION = /^(?:大学|大學|银行|銀行|新闻|新聞|日报|日報|电视|電力|대학|은행|신문|일보)/;
const BEFORE_NAME =
  /(?<!\p{L})(?:Bank|Banco|Banque|Banca|Real|Atlético|FC|AC|AS|SV|VfL|FK|ФК) (?:of |de |di |do |da )?$/u;

/** Reads the neighbours of a found name. */
export function contextOf(
  text: string,
  tokens: readonly Token[],
  found: Found,
  gazetteer: Gazetteer,
  { titleCase, language }: { titleCase: boolean; language: string | null },
): Context {
  const before = tokens[found.first - 1];
  const after = tokens[found.after];
  const own = tokens[found.first];
  const clings = own?.join === " ";
  const arabicIn = own?.script === "arabic" && /^[بفل]/.test(text.charAt(found.start));
  const locative =
    (clings && before !== undefined && LOCATIVE.has(before.key)) ||
    arabicIn ||
    /[在于於]/.test(own?.script === "han" ? text.charAt(found.start - 1) : "") ||
    /^(?:에서|で|にて|において)/.test(text.slice(found.end, found.end + 4));
  const kindFollows = KINDS.test(text.charAt(found.end));
  const named =
    clings && before !== undefined && before.capital && namesPerson(text, before, gazetteer);
  const surname =
    !titleCase && !(locative && language === "de") && hasSurname(text, found, after, gazetteer);
  return {
    surname: surname && after ? text.slice(after.start, after.end) : null,
    person: (named && !locative) || surname || HONORIFIC.test(text.slice(found.end, found.end + 4)),
    organisation: isOrganisation(text, after, found, gazetteer),
    locative,
    kindFollows,
  };
}

/** A given name, a title or an initial: what follows it is a surname. */
function namesPerson(text: string, before: Token, gazetteer: Gazetteer): boolean {
  const known = gazetteer.find(before.key);
  const initial = before.end - before.start === 1 && text.charAt(before.end) === ".";
  return (
    initial || (known?.givenName ?? false) || (known?.title === true && known.meanings.length === 0)
  );
}

/** A place that is also a given name, and a capitalised word after it that names nothing known. */
function hasSurname(
  text: string,
  { entry, end }: Found,
  after: Token | undefined,
  gazetteer: Gazetteer,
): boolean {
  if (!entry.placeOrGiven || !after?.capital || text.slice(end, after.start) !== " ") return false;
  const follows = gazetteer.find(after.key);
  const known = follows && (follows.organisation || (follows.meanings.length > 0 && !follows.word));
  return !known && !PLACE_NOUNS.test(after.key);
}

function isOrganisation(
  text: string,
  after: Token | undefined,
  found: Found,
  gazetteer: Gazetteer,
): boolean {
  if (after?.join === " " && after.capital && gazetteer.find(after.key)?.organisation) return true;
  if (INSTITUTION.test(text.slice(found.end, found.end + 4))) return true;
  return BEFORE_NAME.test(text.slice(Math.max(0, found.start - 14), found.start));
}
