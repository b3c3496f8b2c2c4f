/** Characters of files that are kept parsed. */
const MAX_CACHED_CHARACTERS = 2_000_000;

/** Parses each text once; the most recently used are kept, up to so many characters of text. */
export function parsedByText<Parsed>(parse: (text: string) => Parsed): (text: string) => Parsed {
  const kept = new Map<string, Parsed>();
  let characters = 0;
  return (text) => {
    const isKnown = kept.has(text);
    const parsed = isKnown ? (kept.get(text) as Parsed) : parse(text);
    kept.delete(text);
    kept.set(text, parsed);
    if (!isKnown) characters += text.length;
    for (const oldest of kept.keys()) {
      if (characters <= MAX_CACHED_CHARACTERS || oldest === text) break;
      kept.delete(oldest);
      characters -= oldest.length;
    }
    return parsed;
  };
}
