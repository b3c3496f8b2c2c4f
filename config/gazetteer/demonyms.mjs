// The inflected forms of the words for a country, made from the one form in `demonyms.yaml`.

const SAME = (word) => [word];

const FORMS = {
  en: SAME,
  de: (stem) => ["", "e", "er", "es", "en", "em"].map((end) => stem + end),
  fr: (word) => [word, `${word}s`, ...feminineFr(word).flatMap((form) => [form, `${form}s`])],
  es: (word) =>
    romance(word, {
      o: ["a", "os", "as"],
      és: ["esa", "eses", "esas"],
      án: ["ana", "anes", "anas"],
      ol: ["ola", "oles", "olas"],
      í: ["íes", "ís"],
      e: ["es"],
      a: ["as"],
      ón: ["ona", "ones", "onas"],
    }),
  it: (word) =>
    romance(word, { co: ["ca", "ci", "chi", "che"], o: ["a", "i", "e"], e: ["i"], a: ["i", "e"] }),
  pt: (word) =>
    romance(word, {
      o: ["a", "os", "as"],
      ês: ["esa", "eses", "esas"],
      ão: ["ã", "ães", "ãos", "ãs"],
      ol: ["ola", "óis"],
      a: ["as"],
      e: ["es"],
    }),
  nl: SAME,
  ru: SAME,
  ar: (word) => (word.includes(" ") ? [word] : [word, `${word}ة`, `${word}ون`, `${word}ين`]),
};

/** `row` has one text per language of `FORMS`: words separated by `/`, or `~` if there is none. */
export function demonymsOf(row) {
  return Object.keys(FORMS).flatMap((language, at) =>
    (row[at] ?? "~")
      .split("/")
      .filter((word) => word && word !== "~")
      .flatMap(FORMS[language]),
  );
}

function feminineFr(word) {
  if (/(?:ien|éen|yen)$/.test(word)) return [`${word}ne`];
  if (word.endsWith("e")) return [];
  if (word.endsWith("ton")) return [`${word}ne`];
  return [`${word}e`];
}

function romance(word, endings) {
  for (const [end, others] of Object.entries(endings)) {
    if (word.endsWith(end))
      return [word, ...others.map((other) => word.slice(0, -end.length) + other)];
  }
  return [word, `${word}a`, `${word}s`, `${word}es`, `${word}as`];
}
