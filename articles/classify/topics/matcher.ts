import { shortHash } from "../../../lib/hash.ts";
import type { TopicHit, TopicRule, TopicVerdict } from "../../../model/articles/classification.ts";
import type { Correction, TopicsWord } from "../../../model/articles/correction.ts";
import { fold, NOT_IN_WORD, SPACE } from "./fold.ts";
import { addKeyword, type End, emptyTrie, OPENS, opensWith, type Trie, walk } from "./trie.ts";

export interface TopicInput {
  title: string;
  teaser: string | null;
  text: string;
  /** Primary language subtag. If null, the keywords of every language apply. */
  language: string | null;
  /** Topics that the source declares. They need less evidence. */
  declared: readonly string[];
}

/**
 * A function that returns an article's topics, highest score first, then their wider topics. With
 * too few keywords, it returns the topics that the source declares. The same input always gives the
 * same result.
 */
export interface TopicMatcher {
  (input: TopicInput): TopicVerdict[];
  readonly digest: string;
}

/** One keyword of weight 1 in title or lead is enough, or four occurrences in the text. */
const MIN_TOPIC_SCORE = 2;
/** If the source declares the topic, one keyword of weight 1 anywhere is enough. */
const MIN_DECLARED_TOPIC_SCORE = 1;
/** Maximum number of topics of an article. Their wider topics are added and don't count. */
const MAX_TOPICS = 6;
/** A topic that the source doesn't declare needs at least this share of the best topic's score. */
const MIN_BEST_SCORE_SHARE = 0.25;
/** The rest of a longer text repeats what came before, or isn't news. */
const MAX_TEXT_CHARS = 12_000;
const MAX_LEAD_CHARS = 300;

export function topicMatcher(rules: readonly TopicRule[]): TopicMatcher {
  const compiled = new Map<string | null, { trie: Trie; acronyms: ReadonlySet<string> }>();
  const compiledFor = (language: string | null) => {
    let own = compiled.get(language);
    if (!own) {
      const acronyms = acronymsOf(rules, language);
      compiled.set(language, (own = { trie: compile(rules, language, acronyms), acronyms }));
    }
    return own;
  };
  const parents = new Map(rules.map(({ id, parent }) => [id, parent]));
  const match = ({ title, teaser, text, language, declared }: TopicInput) => {
    const { trie, acronyms } = compiledFor(language);
    const count = (part: string) => {
      const counts = countKeywords(fold(part), trie);
      countInCapitals([...counts.values()], part, acronyms, language);
      return counts;
    };
    const { lead, rest } = leadOf(teaser, text.slice(0, MAX_TEXT_CHARS));
    const counts = {
      title: count(title),
      lead: count(lead),
      text: count(rest),
    };
    const chosen = choose(scoreTopics(counts), rules, new Set(declared));
    // If no keyword occurs, only the source's declaration remains.
    if (chosen.length === 0) return asDeclared(declared);
    return withWider(chosen, parents);
  };
  return Object.assign(match, { digest: shortHash(JSON.stringify(rules)).slice(0, 8) });
}

/**
 * Whether the keywords of language `key` apply. English ones always do: `smart city`, `open data`.
 */
function isFor(language: string | null, key: string): boolean {
  return ["any", "en", language].includes(key);
}

function compile(
  rules: readonly TopicRule[],
  language: string | null,
  acronyms: ReadonlySet<string>,
): Trie {
  const trie = emptyTrie();
  const isOwn = (key: string) => isFor(language, key);
  const spelled = lowerCased({ acronyms: [...acronyms] });
  for (const [topic, { keywords, negatives }] of rules.entries()) {
    for (const [key, words] of Object.entries(keywords)) {
      if (language === null || isOwn(key)) for (const word of words) addKeyword(trie, word, topic);
    }
    // In an unknown language, a word of another language must not hide the keyword that it equals.
    const own = lowerCased(keywords);
    const hides = (word: string) => language === null && !own.has(word);
    for (const [key, negative] of Object.entries(negatives)) {
      for (const word of negative) {
        if ((isOwn(key) && !spelled.has(word)) || hides(word)) addKeyword(trie, word, topic, true);
      }
    }
  }
  return trie;
}

/**
 * Returns the keywords whose lower-case form is another word, listed in `negatives`. An example is
 * `FOI`: `foi` is French for "faith". Uses the negatives of `language` and English, or of all
 * languages if `language` is null.
 */
function acronymsOf(rules: readonly TopicRule[], language: string | null): ReadonlySet<string> {
  const isOwn = ([key]: [string, unknown]) => language === null || isFor(language, key);
  return new Set(
    rules.flatMap(({ keywords, negatives }) => {
      const words = lowerCased(Object.fromEntries(Object.entries(negatives).filter(isOwn)));
      return Object.values(keywords)
        .flat()
        .filter((word) => word !== word.toLowerCase() && words.has(word.toLowerCase()));
    }),
  );
}

function lowerCased(words: TopicRule["keywords"]): ReadonlySet<string> {
  return new Set(
    Object.values(words)
      .flat()
      .map((word) => word.toLowerCase()),
  );
}

/**
 * Reduces the count of each acronym, such as `ViDA`, to the number of words spelled exactly so. In
 * a text that is all in capitals, no acronym counts. If `language` is null, the spelling in
 * capitals (`VIDA`) counts, too, even in such a text.
 */
function countInCapitals(
  counts: readonly Map<End, number>[],
  text: string,
  acronyms: ReadonlySet<string>,
  language: string | null,
): void {
  let words: string[] | undefined;
  for (const ends of counts) {
    for (const [end, times] of ends) {
      const { keyword } = end;
      if (!acronyms.has(keyword)) continue;
      words ??= spelledWords(text, language);
      const forms = language === null ? [keyword, keyword.toUpperCase()] : [keyword];
      const written = words.filter((word) => forms.includes(word)).length;
      if (written > 0) ends.set(end, Math.min(times, written));
      else ends.delete(end);
    }
  }
}

function spelledWords(text: string, language: string | null): string[] {
  const isInCapitals = language !== null && text === text.toUpperCase();
  return isInCapitals ? [] : text.normalize("NFKC").split(NOT_IN_WORD);
}

function leadOf(teaser: string | null, text: string): { lead: string; rest: string } {
  if (teaser) return { lead: teaser, rest: text };
  const paragraph = text.slice(0, MAX_LEAD_CHARS).split("\n\n", 1)[0] ?? "";
  const sentences = /^[^]*[.!?。！？؟](?=\s|$|[^\d\s])/u.exec(paragraph)?.[0] ?? "";
  const lead = sentences.length > 40 ? sentences : paragraph;
  return { lead, rest: text.slice(lead.length) };
}

function choose(
  scored: Scored[],
  rules: readonly TopicRule[],
  declared: ReadonlySet<string>,
): TopicVerdict[] {
  const best = Math.max(0, ...scored.map(({ score }) => score));
  return scored
    .map(({ topic, score, hits }): TopicVerdict => {
      return { id: rules[topic]?.id ?? "", score, because: "keywords", hits };
    })
    .filter(({ id, score }) => {
      if (declared.has(id)) return score >= MIN_DECLARED_TOPIC_SCORE;
      return score >= MIN_TOPIC_SCORE && score >= best * MIN_BEST_SCORE_SHARE;
    })
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_TOPICS);
}

function withWider(
  chosen: TopicVerdict[],
  parents: ReadonlyMap<string, string | null>,
): TopicVerdict[] {
  const all = new Map(chosen.map((verdict) => [verdict.id, verdict]));
  for (const { id, score } of chosen) {
    for (let wider = parents.get(id); wider; wider = parents.get(wider)) {
      const there = all.get(wider);
      if (there) there.narrower?.push(id);
      else
        all.set(wider, { id: wider, score, because: "narrower topic", hits: [], narrower: [id] });
    }
  }
  return [...all.values()];
}

/** A keyword counts once in the title, once in the lead, and at every occurrence in the text. */
const WEIGHT = { title: 3, lead: 2, text: 1 } as const;
const MAX_TEXT_SCORE = 3;
/** Number of hits in the text that gives half of `MAX_TEXT_SCORE`. */
const HALF_TEXT_SCORE_HITS = 2;

/** The score of a topic. `topic` is the topic's index in the rules. */
interface Scored {
  topic: number;
  score: number;
  hits: TopicHit[];
}

function scoreTopics(counts: Record<TopicHit["where"], Counts>): Scored[] {
  const topics = new Set([...counts.title.keys(), ...counts.lead.keys(), ...counts.text.keys()]);
  return [...topics].map((topic) => {
    const title = hitsOf("title", counts.title.get(topic));
    const lead = hitsOf("lead", counts.lead.get(topic));
    const text = hitsOf("text", counts.text.get(topic));
    const often = text.reduce((sum, { times, weight }) => sum + times * weight, 0);
    const score =
      weightOf(title) + weightOf(lead) + (MAX_TEXT_SCORE * often) / (often + HALF_TEXT_SCORE_HITS);
    return { topic, score: Math.round(score * 100) / 100, hits: [...title, ...lead, ...text] };
  });
}

function weightOf(hits: TopicHit[]): number {
  return hits.reduce((sum, { weight }) => sum + weight, 0);
}

function hitsOf(where: TopicHit["where"], found: Map<End, number> = new Map()): TopicHit[] {
  return [...found].map(([{ keyword, weight }, times]) => {
    return { keyword, where, times, weight: WEIGHT[where] * weight };
  });
}

/** Returns verdicts for topics that only the source's declaration supports. */
export function asDeclared(ids: readonly string[]): TopicVerdict[] {
  return [...new Set(ids)].map((id) => ({ id, score: 0, because: "declared", hits: [] }));
}

export function withDeclared(found: TopicVerdict[], declared: readonly string[]): TopicVerdict[] {
  const ids = new Set(found.map(({ id }) => id));
  return [...found, ...asDeclared(declared.filter((id) => !ids.has(id)))];
}

/** Minimum score of a topic that an editor adds: that of one keyword in both title and lead. */
const EDITOR_TOPIC_SCORE = 5;

/** Applies corrections in order. A wider topic is removed with its last narrower topic. */
export function correctTopics(
  read: readonly TopicVerdict[],
  corrections: readonly Pick<Correction<TopicsWord>, "word">[],
): TopicVerdict[] {
  const all = new Map(read.map((verdict) => [verdict.id, verdict]));
  for (const { word } of corrections) {
    for (const id of word.remove) all.delete(id);
    for (const id of word.add) {
      const { score = 0, hits = [] } = all.get(id) ?? {};
      all.set(id, { id, score: Math.max(score, EDITOR_TOPIC_SCORE), because: "editor", hits });
    }
  }
  return [...all.values()].filter(
    ({ narrower }) => !narrower || narrower.some((id) => all.has(id)),
  );
}

type Counts = Map<number, Map<End, number>>;

/**
 * Counts keywords in one pass. Of overlapping phrases of a topic, only the first counts, or the
 * longest of those that begin together. A keyword inside one of the topic's `negatives` (phrases
 * with another meaning) doesn't count.
 */
function countKeywords(text: string, trie: Trie): Counts {
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
