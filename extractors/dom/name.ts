/** Names as written, with the one string that stands for each. */
const names = new Map<string, string>();

/** The name of a tag or attribute in lower case; always the same string, so that comparing two is quick. */
export function nameIn(html: string, start: number, end: number): string {
  const written = html.slice(start, end);
  const known = names.get(written);
  if (known !== undefined) return known;
  // A copy: a slice would keep its whole page in memory.
  const name = ` ${written.toLowerCase()}`.slice(1);
  if (written.length < 30 && names.size < 5000) names.set(` ${written}`.slice(1), name);
  return name;
}
