import type { Token } from "./tokens.ts";

/** A form under which a word may be known, and whether it then only speaks of the place. */
interface Variant {
  key: string;
  adjective?: boolean;
  /** Of the word, how many letters belong to the name (Korean, whose particles follow it). */
  length?: number;
}

/** What follows a name in Korean without a space: kinds of place, particles, common nouns. */
const KOREAN_AFTER =
  /^(?:특별시|광역시|시|도|군|구|주|성|현)?(?:청|장|민|내|권|산|발|행|측|인|형)?(?:정부|당국|기업|지역|지방|본사)?(?:에서는|에서도|에서|에게|에는|에도|에|의|은|는|이|가|을|를|와|과|으로|로|도|만|까지|부터|보다|처럼|이나|이다)?$/;
/** Prepositions and `and` before an Arabic word. */
const ARABIC_BEFORE = /^[وفبكل](?=.{3})/;

/** The forms of a name's last word, the likeliest first. */
export function lastForms({ key, script, capital }: Token, language: string | null): Variant[] {
  const forms: Variant[] = [{ key }];
  if (script === "hangul") {
    for (let length = key.length - 1; length >= 2; length--) {
      if (KOREAN_AFTER.test(key.slice(length))) forms.push({ key: key.slice(0, length), length });
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

/** The forms of a name's first word: Arabic ones without what clings to them. */
export function firstForms({ key, script }: Token): string[] {
  if (script !== "arabic") return [key];
  const forms = [key];
  const bare = key.replace(ARABIC_BEFORE, "");
  if (bare !== key) forms.push(bare);
  if (key.startsWith("لل")) forms.push(`ال${key.slice(2)}`);
  const withoutArticle = forms.filter((form) => /^ال.{3}/.test(form)).map((form) => form.slice(2));
  return [...forms, ...withoutArticle];
}
