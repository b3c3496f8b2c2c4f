import type { TopicRule } from "../../model/articles/classification.ts";
import type {
  ArticleWord,
  StateWord,
  TimesWord,
  TopicsWord,
  WordingWord,
} from "../../model/articles/correction.ts";

/** Topics that editors choose from. */
export type Topics = readonly Pick<TopicRule, "id" | "parent">[];

/** Longest words that an editor writes, characters. */
const LONGEST = { title: 500, prefix: 100, teaser: 5000 };

/** What is wrong with an editor's word, in words; null when it can be kept. */
export function problemOf(word: ArticleWord, topics: Topics): string | null {
  if (word.field === "topics") return ofTopics(word, topics);
  if (word.field === "wording") return ofWording(word);
  return word.field === "state" ? ofState(word) : ofTimes(word);
}

/** A word as it is kept: a topic brings the wider ones along. */
export function inFull<Word extends ArticleWord>(word: Word, topics: Topics): Word {
  if (word.field !== "topics") return word;
  return { ...word, add: [...new Set(word.add.flatMap((id) => withWider(id, topics)))] };
}

function ofTopics({ add, remove }: TopicsWord, topics: Topics): string | null {
  const known = new Set(topics.map(({ id }) => id));
  const unknown = [...add, ...remove].filter((id) => !known.has(id));
  if (unknown.length > 0) return `no such topic: ${unknown.join(", ")}`;
  if (add.length + remove.length === 0) return "name a topic to add or to remove";
  const both = add.filter((id) => remove.includes(id));
  return both.length > 0 ? `both added and removed: ${both.join(", ")}` : null;
}

function ofWording({ language, title, prefix, teaser }: WordingWord): string | null {
  if (language !== null && !/^[a-z]{2,3}$/.test(language)) {
    return "write a language as two or three small letters, e.g. de";
  }
  const given = Object.entries({ title, prefix, teaser }).filter(([, text]) => text !== undefined);
  if (given.length === 0) return "write a title, a prefix or a teaser";
  if (title?.trim() === "") return "a title can't be empty";
  const long = Object.entries(LONGEST).find(
    ([name, most]) => (given.find(([field]) => field === name)?.[1]?.length ?? 0) > most,
  );
  return long ? `the ${long[0]} is longer than ${long[1]} characters` : null;
}

function ofState({ say }: StateWord): string | null {
  return say === "new" ? "an article is new only until an editor looks at it" : null;
}

function ofTimes({ embargo, expires, pin }: TimesWord): string | null {
  const all = [embargo, expires, pin];
  if (all.every((time) => time === undefined)) return "name an embargo, an expiry or a pin";
  if (all.some((time) => time && Number.isNaN(time.getTime()))) return "that is no time";
  return embargo && expires && expires <= embargo ? "it expires before its embargo ends" : null;
}

/** A topic and the wider ones that it brings along. */
function withWider(id: string, topics: Topics): string[] {
  const parent = topics.find((topic) => topic.id === id)?.parent;
  return parent ? [id, ...withWider(parent, topics)] : [id];
}
