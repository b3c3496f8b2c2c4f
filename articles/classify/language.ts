/**
 * The language of an article as its primary subtag in lower case: what its page says, else what its
 * source is declared to be in; null when neither says.
 */
export function languageOf(page: string | null, source: string | undefined): string | null {
  return primary(page) ?? primary(source);
}

function primary(tag: string | null | undefined): string | null {
  return /^([a-z]{2,3})(?:[-_].*)?$/i.exec(tag?.trim() ?? "")?.[1]?.toLowerCase() ?? null;
}
