import type { Entry, Gazetteer, Meaning } from "./gazetteer.ts";
import type { Token } from "./tokens.ts";

export interface Found {
  /** Index of the name's first token. */
  first: number;
  /** Index of the token after the name's last token. */
  after: number;
  start: number;
  end: number;
  entry: Entry;
  /** The meanings that this form of the name allows. The gazetteer entry can have more. */
  meanings: readonly Meaning[];
  adjective: boolean;
}

const MAX_NAME_WORDS = 6;
const MAX_HAN_NAME_CHARS = 9;
/** Matches lower-case words inside names, and German adjectives after a hyphen in a name. */
const INNER_WORD =
  /^(?:upon|under|sobre|unter|uber|sous|pres|della|delle|nella|bei|auf|vor)$|(?:isch|ische[rsnm]?)$/;
const CAPITAL_ADJECTIVES = new Set(["en", "nl"]);

/** Finds the place names in a text: at each word, the longest one. Names don't overlap. */
export function findNames(
  tokens: readonly Token[],
  gazetteer: Gazetteer,
  language: string | null,
): Found[] {
  const found: Found[] = [];
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
): Found | null {
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
  let longest: Found | null = null;
  for (const opening of firstForms(head)) {
    let before = "";
    let countryOnly = false;
    for (let at = first; at < first + most; at++) {
      const token = tokens[at];
      if (!token || (at > first && token.join === null)) break;
      countryOnly ||= at > first && isNoun(token, cased);
      const joint = at === first ? "" : before + (token.join ?? "");
      const forms =
        at === first && head.script === "arabic" ? [{ key: opening }] : lastForms(token, language);
      for (const form of forms) {
        const entry = gazetteer.find(joint + form.key);
        if (!entry) continue;
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

/**
 * Matches a definite article. If it is followed by a lower-case word, as in `La réunion`, the two
 * aren't the name of a country.
 */
const ARTICLE = /^(?:la|el|the)$/;

/**
 * Whether a word is in lower case, has more than three letters and isn't a preposition or the like.
 * If a name contains such a word after its first, as in `Arabie saoudite`, it must be a country's.
 */
function isNoun(token: Token, cased: boolean): boolean {
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
  /**
   * Number of the word's letters that belong to the name (see `KOREAN_SUFFIX`); missing if all do.
   */
  length?: number;
}

/** Matches what follows a Korean name without a space: kinds of place, particles, common nouns. */
const KOREAN_SUFFIX =
  /^(?:특별시|광역시|시|도|군|구|주|성|현)?(?:청|장|민|내|권|산|발|행|측|인|형)?(?:정부|당국|기업|지역|지방|본사)?(?:에서는|에서도|에서|에게|에는|에도|에|의|은|는|이|가|을|를|와|과|으로|로|도|만|까지|부터|보다|처럼|이나|이다)?$/;
/** Matches prepositions and `and` joined to the beginning of an Arabic word. */
const ARABIC_PREFIX = /^[وفبكل](?=.{3})/;

/** Returns the forms under which the gazetteer can list a name's last word, likeliest first. */
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

/**
 * Returns the forms under which the gazetteer can list a name's first word: the word itself and, in
 * Arabic, also without joined prepositions, `and` or article.
 */
function firstForms({ key, script }: Token): string[] {
  if (script !== "arabic") return [key];
  const forms = [key];
  const bare = key.replace(ARABIC_PREFIX, "");
  if (bare !== key) forms.push(bare);
  if (key.startsWith("لل")) forms.push(`ال${key.slice(2)}`);
  const withoutArticle = forms.filter((form) => /^ال.{3}/.test(form)).map((form) => form.slice(2));
  return [...forms, ...withoutArticle];
}
