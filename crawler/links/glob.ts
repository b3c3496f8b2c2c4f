const WITHIN = "*";
const ANY = "**";
/** Before the `**` and slash of `/**` + `/`: they may be left out together. */
const MAYBE = "?";

/**
 * Whether a path matches a pattern: `*` stands for any characters within a segment, `**` for any
 * at all, `**` between two slashes also for nothing; everything else is literal. A pattern without
 * a leading slash or star matches in any folder. Time grows with pattern times path at most.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  const tokens = tokensOf(/^[/*]/.test(pattern) ? pattern : `/**/${pattern}`);
  // Holds i when the first i tokens can match what was read so far.
  let reached = new Set<number>();
  reach(reached, 0, tokens);
  for (let i = 0; i < path.length && reached.size > 0; i += 1) {
    const char = path[i];
    const next = new Set<number>();
    for (const at of reached) {
      const token = tokens[at];
      if (token === undefined) continue;
      if (token.wild === ANY || (token.wild === WITHIN && char !== "/")) reach(next, at, tokens);
      else if (token.char === char) reach(next, at + 1, tokens);
    }
    reached = next;
  }
  return reached.has(tokens.length);
}

interface Token {
  char: string | null;
  wild: typeof WITHIN | typeof ANY | typeof MAYBE | null;
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length; ) {
    const folders = pattern.startsWith("**/", i) && pattern[i - 1] === "/";
    if (folders) tokens.push({ char: null, wild: MAYBE });
    const wild = pattern.startsWith(ANY, i) ? ANY : pattern[i] === WITHIN ? WITHIN : null;
    tokens.push(wild ? { char: null, wild } : { char: pattern[i] ?? "", wild: null });
    i += wild?.length ?? 1;
  }
  return tokens;
}

/** Adds a state and those reached from it without reading a character. */
function reach(states: Set<number>, at: number, tokens: Token[]): void {
  if (states.has(at)) return;
  states.add(at);
  const wild = tokens[at]?.wild;
  if (wild) reach(states, at + 1, tokens);
  if (wild === MAYBE) reach(states, at + 3, tokens);
}
