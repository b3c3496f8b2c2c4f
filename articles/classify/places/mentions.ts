import type { PlaceField, PlaceHit } from "../../../model/articles/classification.ts";
import { type Entry, type Gazetteer, type Meaning, type Token, tokensOf } from "./gazetteer.ts";

export interface Mention extends Omit<PlaceHit, "place"> {
  meanings: readonly Meaning[];
  /** Whether the mention counts little unless other evidence supports its place. */
  unsure: boolean;
  /** Whether a word such as `in`, `near` or `from` suggests that the name means a place. */
  locative: boolean;
  /**
   * Meanings of a region or country that directly follows, as in `Paris, Texas`. Otherwise empty.
   */
  inside: readonly Meaning[];
}

/** A passage of a title or text. */
export interface Stretch {
  field: PlaceField;
  text: string;
  /** Offset of the passage in the article's field. */
  offset: number;
  weight: number;
}

const MIN_CITY_POPULATION_THOUSANDS = 200;
const MIN_CAPITAL_POPULATION_THOUSANDS = 50;
const MIN_CJK_POPULATION_THOUSANDS = 1500;
const MIN_SHORT_REGION_NAME_RANK = 7.5;
const MIN_TITLE_CASE_SHARE = 0.6;

/** Returns the places named in a passage. Adds names that belong to a person to `persons`. */
export function mentionsIn(
  stretch: Stretch,
  gazetteer: Gazetteer,
  language: string | null,
  persons: Set<string>,
): Mention[] {
  const { text } = stretch;
  const tokens = tokensOf(text);
  const titleCase = stretch.field === "title" && isTitleCase(tokens);
  const mentions: Mention[] = [];
  const names = findNames(tokens, gazetteer, language);
  for (const [at, found] of names.entries()) {
    const context = contextOf(text, tokens, found, gazetteer, { titleCase, language });
    const matched = text.slice(found.start, found.end);
    if (context.person) {
      persons.add(matched);
      if (context.surname) persons.add(context.surname);
      continue;
    }
    const meanings = plausible(found, tokens, context.kindFollows, stretch.field);
    if (meanings.length === 0) continue;
    const best = meanings.reduce((a, b) => (b.rank > a.rank ? b : a));
    const notes: string[] = [];
    let weight = stretch.weight * (best.place.kind === "country" ? 1 : 1.2);
    const count = (note: string, factor: number) => {
      notes.push(note);
      weight *= factor;
    };
    if (found.adjective) count("adjective", 0.6);
    if (context.organisation) count("organisation", 0.25);
    if (context.locative) count("locative", 1.3);
    const single = found.after - found.first === 1;
    const least = best.capital ? MIN_CAPITAL_POPULATION_THOUSANDS : MIN_CITY_POPULATION_THOUSANDS;
    const small = best.place.kind === "city" && single && best.population < least;
    const sure = stretch.field === "dateline" || context.kindFollows;
    const { word, firstName } = found.entry;
    const unsure = !sure && (small || word || firstName);
    if (word || firstName) notes.push("also a word");
    mentions.push({
      field: stretch.field,
      start: stretch.offset + found.start,
      end: stretch.offset + found.end,
      matched,
      meanings,
      weight,
      notes,
      unsure,
      locative: context.locative,
      inside: insideOf(found, names[at + 1], text, gazetteer),
    });
  }
  return mentions;
}

const STATE_CODE = /^, ?(\p{Lu}{2})(?![\p{L}\p{N}])/u;
/** Matches words that only look like a state's code, as in `LONDON, ON MONDAY`. */
const WORD_IN_CAPITALS = /^\P{Ll}+, ?(?:IN|ON|OR|ME|OK|OH|HI|LA|DE|AL) \p{Lu}[\p{Lu} ]/u;

function insideOf(
  found: FoundName,
  next: FoundName | undefined,
  text: string,
  gazetteer: Gazetteer,
): readonly Meaning[] {
  const isWord = WORD_IN_CAPITALS.test(text.slice(found.start, found.end + 7));
  const code = isWord ? undefined : STATE_CODE.exec(text.slice(found.end, found.end + 5))?.[1];
  const state = code && (gazetteer.find(`US-${code}`) ?? gazetteer.find(`CA-${code}`));
  if (state) return state.meanings;
  if (!next || next.adjective) return [];
  const between = text.slice(found.end, next.start);
  const joined =
    /^(?:, ?| ?\(|, (?:in|en|im|au|à|no|na|штат |state of |estado de |département |provincia de )?)$/iu;
  return joined.test(between) ? next.meanings.filter(({ place }) => place.kind !== "city") : [];
}

function isTitleCase(tokens: readonly Token[]): boolean {
  const cased = tokens.filter(({ script, end, start }) => script === "cased" && end - start > 3);
  return (
    cased.length > 2 &&
    cased.filter(({ capital }) => capital).length / cased.length > MIN_TITLE_CASE_SHARE
  );
}

/**
 * Returns the places that a found name can mean, without improbable ones: a short Chinese name, for
 * example, rarely means a small city.
 */
function plausible(
  { meanings, first, after }: FoundName,
  tokens: readonly Token[],
  kindFollows: boolean,
  field: PlaceField,
): readonly Meaning[] {
  const script = tokens[first]?.script;
  if (script !== "han" && script !== "hangul" && script !== "arabic") return meanings;
  const key = tokens
    .slice(first, after)
    .map((token) => token.key)
    .join("");
  const short = script === "arabic" ? 4 : 2;
  if (kindFollows || field === "dateline" || key.length > short) return meanings;
  const least = script === "arabic" ? MIN_CITY_POPULATION_THOUSANDS : MIN_CJK_POPULATION_THOUSANDS;
  return meanings.filter(({ place, population, capital, rank }) => {
    if (place.kind === "region") return rank >= MIN_SHORT_REGION_NAME_RANK;
    return place.kind !== "city" || capital || population >= least;
  });
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
/**
 * Matches words that aren't surnames. In "Austin Police", "Austin" is therefore a place, not a
 * first name.
 */
const PLACE_NOUNS =
  /^(?:(?:airport|authorit|conferenc|council|courthouse|department|district|education|energ|government|harbou?r|hospital|mayor|metro|officer|olymp|parliament|polic|provinc|region|stadt|statehouse|statewide|univers|weekend|weekly)\p{L}*|(?:area|city|cities|count(?:y|ies)|forum|games|house|senate|summit|times|transit|week|and|e|en|et|und|y)|(?:court|office|park|port|school|state|street|town)s?)$/u;

const PLACE_KINDS = /[市县縣県省州区區镇鎮都府道町村시도군구주]/;
const HONORIFIC = /^(?:さん|氏|様|先生|女士| ?씨(?!\p{L}))/u;
const INSTITUTION = /^(?:大学|大學|银行|銀行|新闻|新聞|日报|日報|电视|電力|대학|은행|신문|일보)/;
const BEFORE_NAME =
  /(?<!\p{L})(?:Bank|Banco|Banque|Banca|Real|Atlético|FC|AC|AS|SV|VfL|FK|ФК) (?:of |de |di |do |da )?$/u;

function contextOf(
  text: string,
  tokens: readonly Token[],
  found: FoundName,
  gazetteer: Gazetteer,
  { titleCase, language }: { titleCase: boolean; language: string | null },
) {
  const before = tokens[found.first - 1];
  const after = tokens[found.after];
  const own = tokens[found.first];
  const clings = own?.join === " " && text.charAt(own.start - 1) !== "(";
  const arabicIn = own?.script === "arabic" && /^[بفل]/.test(text.charAt(found.start));
  const locative =
    (clings && before !== undefined && LOCATIVE.has(before.key)) ||
    arabicIn ||
    /[在于於]/.test(own?.script === "han" ? text.charAt(found.start - 1) : "") ||
    /^(?:에서|で|にて|において)/.test(text.slice(found.end, found.end + 4));
  const kindFollows = PLACE_KINDS.test(text.charAt(found.end));
  const hasFirstName =
    clings && before !== undefined && before.capital && namesPerson(text, before, gazetteer);
  const surname =
    !titleCase && !(locative && language === "de") && hasSurname(text, found, after, gazetteer);
  return {
    surname: surname && after ? text.slice(after.start, after.end) : null,
    person:
      (hasFirstName && !locative) ||
      surname ||
      HONORIFIC.test(text.slice(found.end, found.end + 4)),
    organisation: isOrganisation(text, after, found, gazetteer),
    locative,
    kindFollows,
  };
}

function namesPerson(text: string, before: Token, gazetteer: Gazetteer): boolean {
  const known = gazetteer.find(before.key);
  const initial = before.end - before.start === 1 && text.charAt(before.end) === ".";
  return (
    initial || (known?.firstName ?? false) || (known?.title === true && known.meanings.length === 0)
  );
}

function hasSurname(
  text: string,
  { entry, end }: FoundName,
  after: Token | undefined,
  gazetteer: Gazetteer,
): boolean {
  if (!entry.placeOrFirstName || !after?.capital || text.slice(end, after.start) !== " ")
    return false;
  const follows = gazetteer.find(after.key);
  const known = follows && (follows.organisation || (follows.meanings.length > 0 && !follows.word));
  return !known && !PLACE_NOUNS.test(after.key);
}

function isOrganisation(
  text: string,
  after: Token | undefined,
  found: FoundName,
  gazetteer: Gazetteer,
): boolean {
  if (after?.join === " " && after.capital && gazetteer.find(after.key)?.organisation) return true;
  if (INSTITUTION.test(text.slice(found.end, found.end + 4))) return true;
  return BEFORE_NAME.test(text.slice(Math.max(0, found.start - 14), found.start));
}

/** A name in a text, and the places that it can mean. */
interface FoundName {
  /** `first` and `after` are indexes of tokens; `start` and `end` are offsets in the text. */
  first: number;
  after: number;
  start: number;
  end: number;
  entry: Entry;
  meanings: readonly Meaning[];
  adjective: boolean;
}

const MAX_NAME_WORDS = 6;
const MAX_HAN_NAME_CHARS = 9;
/** Matches lower-case words inside names, and German adjectives after a hyphen in a name. */
const INNER_WORD =
  /^(?:upon|under|sobre|unter|uber|sous|pres|della|delle|nella|bei|auf|vor)$|(?:isch|ische[rsnm]?)$/;
const CAPITAL_ADJECTIVES = new Set(["en", "nl"]);

/** Returns the names of places in a text, the longest at each position. */
function findNames(
  tokens: readonly Token[],
  gazetteer: Gazetteer,
  language: string | null,
): FoundName[] {
  const found: FoundName[] = [];
  for (let first = 0; first < tokens.length; ) {
    const longest = longestAt(tokens, first, gazetteer, language);
    if (longest && longest.meanings.length > 0) found.push(longest);
    first = longest?.after ?? first + 1;
  }
  return found;
}

function longestAt(
  tokens: readonly Token[],
  first: number,
  gazetteer: Gazetteer,
  language: string | null,
): FoundName | null {
  const head = tokens[first];
  if (!head || head.script === "other") return null;
  const cased = head.script === "cased" || head.script === "cyrillic";
  // A lower-case word can only be an adjective.
  const most =
    cased && !head.capital ? 2 : head.script === "han" ? MAX_HAN_NAME_CHARS : MAX_NAME_WORDS;
  if (cased && !head.capital) {
    if (language !== null && CAPITAL_ADJECTIVES.has(language)) return null;
    if (!gazetteer.begins(head.key)) return null;
  }
  let longest: FoundName | null = null;
  for (const opening of firstForms(head)) {
    let before = "";
    let countryOnly = false;
    for (let at = first; at < first + most; at++) {
      const token = tokens[at];
      if (!token || (at > first && token.join === null)) break;
      // Only a country's name can have such a word after its first one: `Arabie saoudite`.
      countryOnly ||= at > first && isLowerCaseWord(token, cased);
      const joint = at === first ? "" : before + (token.join ?? "");
      const forms =
        at === first && head.script === "arabic" ? [{ key: opening }] : lastForms(token, language);
      for (const form of forms) {
        const entry = gazetteer.find(joint + form.key);
        if (!entry) continue;
        // With an article, as in `La réunion`, the word isn't a country.
        if (countryOnly && ARTICLE.test(head.key)) continue;
        const all = allowed(entry, head, at === first, form.adjective ?? false);
        const meanings = countryOnly ? all.filter(({ place }) => place.kind === "country") : all;
        if (meanings.length === 0 && (countryOnly || !entry.phrase)) continue;
        const end = form.length === undefined ? token.end : token.start + form.length;
        const adjective = form.adjective ?? meanings.every(({ as }) => as === "adjective");
        longest = { first, after: at + 1, start: head.start, end, entry, meanings, adjective };
        break;
      }
      before = joint + (at === first ? opening : token.key);
      if (!gazetteer.begins(before)) break;
    }
    if (longest) break;
  }
  return longest?.entry.phrase ? { ...longest, meanings: [] } : longest;
}

const ARTICLE = /^(?:la|el|the)$/;

function isLowerCaseWord(token: Token, cased: boolean): boolean {
  return (
    cased &&
    token.script === "cased" &&
    !token.capital &&
    token.key.length > 3 &&
    !INNER_WORD.test(token.key)
  );
}

function allowed(entry: Entry, head: Token, single: boolean, derived: boolean): readonly Meaning[] {
  const { meanings } = entry;
  if (head.script !== "cased" && head.script !== "cyrillic") return meanings;
  if (!head.capital) return meanings.filter(({ as }) => as === "adjective");
  if (derived) return meanings.filter(({ as }) => as === "name");
  if (!single || head.allCapitals) return meanings;
  // `Us`, `La` and `Uae` aren't places; `US`, `LA`, `UAE`, `Rom` and `Ulm` are.
  const length = head.end - head.start;
  if (length <= 2) return [];
  return length > 3 ? meanings : meanings.filter(({ place }) => place.kind !== "country");
}

interface Variant {
  key: string;
  adjective?: boolean;
  length?: number;
}

/** Matches kinds of place, nouns and particles that follow a Korean name without a space. */
const KOREAN_SUFFIX =
  /^(?:특별시|광역시|시|도|군|구|주|성|현)?(?:청|장|민|내|권|산|발|행|측|인|형)?(?:정부|당국|기업|지역|지방|본사)?(?:에서는|에서도|에서|에게|에는|에도|에|의|은|는|이|가|을|를|와|과|으로|로|도|만|까지|부터|보다|처럼|이나|이다)?$/;
const ARABIC_PREFIX = /^[وفبكل](?=.{3})/;

/**
 * Returns the forms in which to look up a name's last word: as written, then without endings such
 * as a genitive `s`.
 */
function lastForms({ key, script, capital }: Token, language: string | null): Variant[] {
  const forms: Variant[] = [{ key }];
  if (script === "hangul") {
    for (let length = key.length - 1; length >= 2; length--) {
      if (KOREAN_SUFFIX.test(key.slice(length))) forms.push({ key: key.slice(0, length), length });
    }
  }
  if (script !== "cased" || !capital) return forms;
  const genitive = language === null || ["de", "nl", "en", "sv", "da", "no"].includes(language);
  if (genitive && key.length > 4 && key.endsWith("s")) forms.push({ key: key.slice(0, -1) });
  if (language === "de" && key.length > 5 && key.endsWith("er")) {
    forms.push({ key: key.slice(0, -2), adjective: true });
    // Bremen, Dresden, München: Bremer, Dresdner, Münchner.
    forms.push({ key: `${key.slice(0, -2)}en`, adjective: true });
    forms.push({ key: `${key.slice(0, -3)}en`, adjective: true });
  }
  return forms;
}

function firstForms({ key, script }: Token): string[] {
  if (script !== "arabic") return [key];
  const forms = [key];
  const bare = key.replace(ARABIC_PREFIX, "");
  if (bare !== key) forms.push(bare);
  if (key.startsWith("لل")) forms.push(`ال${key.slice(2)}`);
  const withoutArticle = forms.filter((form) => /^ال.{3}/.test(form)).map((form) => form.slice(2));
  return [...forms, ...withoutArticle];
}
