/** Frequent words of languages that no neighbour's are taken for. */
const COMMON: Record<string, Set<string>> = Object.fromEntries(
  Object.entries({
    de: "und der die das den dem nicht mit auch dass wird eine ist sich von auf für sei werden zum im",
    en: "the of and that with was from which have this are been has for their were would it",
    fr: "les des une dans est que pour qui avec sur cette aux pas plus ont été du le la et",
  }).map(([language, words]) => [language, new Set(words.split(" "))]),
);

/** The share of words, and how many different ones, that leave no doubt. */
const SHARE = 0.14;
const DIFFERENT = 4;

/** Whether a text of a few lines is plainly in a language; false where that takes a detector. */
export function isPlainly(language: string, text: string): boolean {
  const common = COMMON[language];
  const words = common ? text.toLowerCase().split(/[^\p{L}]+/u) : [];
  if (!common || words.length < 30) return false;
  const found = words.filter((word) => common.has(word));
  return found.length >= words.length * SHARE && new Set(found).size >= DIFFERENT;
}
