import type { Article } from "../../model/articles/article.ts";
import type { TopicRule } from "../../model/articles/classification.ts";
import { isOfTopics } from "../../model/articles/correction.ts";
import { getArticles } from "../../store/articles/articles.ts";
import { readListing } from "../../store/articles/listing.ts";
import { readCorrections } from "../../store/articles/stories.ts";
import type { Store } from "../../store/store.ts";
import {
  type ClassifiedText,
  type Doubt,
  doubtKeywords,
  type Suggestion,
  suggestKeywords,
} from "../classify/topics/suggest.ts";

const MAX_CORRECTIONS = 2000;
const MAX_OTHER_ARTICLES = 1000;
const MAX_COMPARED_CHARS = 400;

interface Finding {
  topic: string;
  language: string;
  keywords: Suggestion[];
  doubts: Doubt[];
}

/** Suggests topic rules from corrections, as values and as YAML for `config/topics.yaml`. */
export async function suggestTopics(
  store: Store,
  { topics, now }: { topics: readonly Pick<TopicRule, "id" | "parent">[]; now: Date },
): Promise<{ found: Finding[]; yaml: string }> {
  const parents = new Map(topics.map(({ id, parent }) => [id, parent]));
  const corrections = await readCorrections(store, now, MAX_CORRECTIONS);
  const valid = corrections.filter(isOfTopics).filter(({ undone }) => undone === null);
  const articles = await getArticles(store, [...new Set(valid.map((one) => one.articleId))]);
  const groups: Groups = new Map();
  for (const { articleId, word } of valid) {
    const article = articles.get(articleId);
    if (!article?.language) continue;
    // Wider topics are added automatically, so the article's words aren't evidence for them.
    const along = new Set(word.add.map((id) => parents.get(id)));
    for (const topic of word.add.filter((id) => !along.has(id))) {
      groupOf(groups, topic, article).added.push(article);
    }
    for (const topic of word.remove) groupOf(groups, topic, article).removed.push(article);
  }
  const found: Finding[] = [];
  for (const [key, { added, removed }] of [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [topic = "", language = ""] = key.split(" ");
    found.push({
      topic,
      language,
      keywords:
        added.length > 1
          ? suggestKeywords(added.map(textOf), await othersOf(store, { topic, language, now }))
          : [],
      doubts: removed.length > 1 ? await doubtsOf(store, { topic, removed, now }) : [],
    });
  }
  const telling = found.filter(({ keywords, doubts }) => keywords.length + doubts.length > 0);
  return { found: telling, yaml: yamlOf(telling, valid.length) };
}

type Groups = Map<string, { added: Article[]; removed: Article[] }>;

function groupOf(groups: Groups, topic: string, { language }: Article) {
  const key = `${topic} ${language}`;
  const group = groups.get(key) ?? { added: [], removed: [] };
  groups.set(key, group);
  return group;
}

async function othersOf(
  store: Store,
  { topic, language, now }: { topic: string; language: string; now: Date },
): Promise<string[]> {
  const { articles } = await readListing(store, { language }, { limit: MAX_OTHER_ARTICLES, now });
  return articles.filter(({ topics }) => !topics.includes(topic)).map(textOf);
}

async function doubtsOf(
  store: Store,
  { topic, removed, now }: { topic: string; removed: Article[]; now: Date },
): Promise<Doubt[]> {
  const listed = await readListing(store, { topic }, { limit: MAX_OTHER_ARTICLES, now });
  const stored = await getArticles(
    store,
    listed.articles.map(({ _id }) => _id),
  );
  return doubtKeywords(
    removed.map((article) => spokenOf(article, topic)),
    [...stored.values()].map((article) => spokenOf(article, topic)),
  );
}

function spokenOf(article: Article, topic: string): ClassifiedText {
  const verdicts = article.overruled?.byTopic ?? article.evidence.byTopic ?? [];
  return { text: textOf(article), hits: verdicts.find(({ id }) => id === topic)?.hits ?? [] };
}

function textOf({ title, text }: Pick<Article, "title" | "text">): string {
  return `${title}\n${text.slice(0, MAX_COMPARED_CHARS)}`;
}

function yamlOf(found: Finding[], corrections: number): string {
  const head = `# Corrections: ${corrections}. Copy the keywords that you agree with to config/topics.yaml,`;
  if (found.length === 0) {
    return `# Corrections: ${corrections}. A rule is suggested once two corrections agree in topic and language.`;
  }
  const blocks = found.map(({ topic, language, keywords, doubts }) => {
    const words = keywords.map(({ keyword }) => keyword);
    const negatives = doubts.flatMap((one) => one.negatives);
    return [
      ...keywords.map(
        (one) =>
          `# ${quoted(one.keyword)}: in ${one.inside} of ${one.corrected} corrected articles, in ${one.elsewhere} of ${one.others} others`,
      ),
      ...doubts.map(
        (one) =>
          `# ${quoted(one.keyword)}: wrong in ${one.wrong} articles, right in ${one.right}${one.negatives.length > 0 ? "" : "; give it a lower weight, e.g. ^0.5"}`,
      ),
      `- id: ${topic}`,
      ...listOf("keywords", language, words),
      ...listOf("negatives", language, negatives),
    ];
  });
  return [head, "# to the lists of the topic in their language.", ...blocks.flat()].join("\n");
}

function listOf(key: string, language: string, words: string[]): string[] {
  if (words.length === 0) return [];
  return [`  ${key}:`, `    ${language}: [${words.map(quoted).join(", ")}]`];
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
