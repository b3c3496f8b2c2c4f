/** Characters of files that are cached parsed. */
const MAX_CACHED_CHARACTERS = 2_000_000;

/** Parses each text once; the most recently used are cached, up to so many characters of text. */
export function parsedByText<Parsed>(parse: (text: string) => Parsed): (text: string) => Parsed {
  const cached = new Map<string, Parsed>();
  let characters = 0;
  return (text) => {
    const isKnown = cached.has(text);
    const parsed = isKnown ? (cached.get(text) as Parsed) : parse(text);
    cached.delete(text);
    cached.set(text, parsed);
    if (!isKnown) characters += text.length;
    for (const oldest of cached.keys()) {
      if (characters <= MAX_CACHED_CHARACTERS || oldest === text) break;
      cached.delete(oldest);
      characters -= oldest.length;
    }
    return parsed;
  };
}
