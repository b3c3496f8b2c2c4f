import { SPACE } from "./characters.ts";
import { type End, OPENS, opensWith, type Trie, walk } from "./trie.ts";

/** How often each keyword of a topic stands in a text, by topic. */
export type Counts = Map<number, Map<End, number>>;

/**
 * Counts keywords in a folded text, in one pass. Of what overlaps, each topic counts the phrase that
 * begins first, the longest one where several do; a negative that covers a keyword counts nothing.
 */
export function countKeywords(text: string, trie: Trie): Counts {
  const counts: Counts = new Map();
  const covered = new Map<number, number>();
  const here = new Map<number, { end: End; until: number }>();
  const tell = (end: End, until: number) => {
    const longest = here.get(end.topic);
    const wins = !longest || until > longest.until || (until === longest.until && !end.weight);
    if (wins) here.set(end.topic, { end, until });
  };
  let before = SPACE;
  let code = text.charCodeAt(1);
  for (let at = 1; at < text.length; at++) {
    const after = text.charCodeAt(at + 1);
    const opens = opensWith(trie, code, after);
    if (opens & OPENS.words && before === SPACE) walk(text, at, trie.words, tell);
    if (opens & OPENS.inside) walk(text, at, trie.inside, tell);
    before = code;
    code = after;
    if (here.size === 0) continue;
    for (const [topic, { end, until }] of here) {
      if ((covered.get(topic) ?? 0) > at) continue;
      covered.set(topic, until);
      if (end.weight > 0) add(counts, end);
    }
    here.clear();
  }
  return counts;
}

function add(counts: Counts, end: End): void {
  let keywords = counts.get(end.topic);
  if (!keywords) counts.set(end.topic, (keywords = new Map()));
  keywords.set(end, (keywords.get(end) ?? 0) + 1);
}
