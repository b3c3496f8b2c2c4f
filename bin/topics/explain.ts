import { text as readAll } from "node:stream/consumers";
import { topicMatcher } from "../../articles/classify/topics/matcher.ts";
import { detect, prepare } from "../../extractors/language/detect.ts";
import { CommandError } from "../../lib/exit.ts";
import type { Relevance, TopicHit, TopicVerdict } from "../../model/articles/classification.ts";
import { type Correction, isOfTopics, wordText } from "../../model/articles/correction.ts";
import { getArticles } from "../../store/articles/articles.ts";
import { correctionsOf } from "../../store/articles/corrections.ts";
import type { Store } from "../../store/store.ts";
import { articleIdOf } from "../known.ts";
import { readTopics } from "../roles/topics.ts";
import { plainTable } from "../table.ts";

/** A text in place of a stored article. */
export interface ExplainOptions {
  text?: string;
  title: string;
  language?: string;
}

/** Why an article or a text has its topics. */
interface Explained {
  language: string | null;
  verdicts: TopicVerdict[];
  /** Of stored articles only. */
  status?: string;
  relevance?: Relevance;
  corrections?: Correction[];
}

/** Explains the topics of a stored article, or of a text without any store. */
export async function explainTopics(
  articleId: string | undefined,
  options: ExplainOptions,
  onStore: <T>(use: (store: Store) => Promise<T>) => Promise<T>,
): Promise<{ found: Explained; table: string }> {
  const found = articleId
    ? await onStore((store) => explainArticle(store, articleId))
    : await explainText(options);
  return { found, table: tableOf(found) };
}

async function explainArticle(store: Store, word: string): Promise<Explained> {
  const id = await articleIdOf(store, word);
  const article = (await getArticles(store, [id])).get(id);
  if (!article) throw new CommandError("usage", `there is no article "${word}"`);
  const { byTopic = [], relevance } = article.evidence;
  return {
    language: article.language,
    verdicts: byTopic,
    status: article.status,
    ...(relevance && { relevance }),
    corrections: ((await correctionsOf(store, [id])).get(id) ?? []).filter(isOfTopics),
  };
}

async function explainText({ text = "", title, language }: ExplainOptions): Promise<Explained> {
  const whole = text === "-" ? await readAll(process.stdin) : text;
  const match = topicMatcher(await readTopics());
  await prepare();
  const known = language ?? detect(`${title} ${whole}`)?.language ?? null;
  const verdicts = match({ title, teaser: null, text: whole, language: known, declared: [] });
  return { language: known, verdicts };
}

function tableOf({ language, verdicts, status, relevance, corrections = [] }: Explained): string {
  const rows = verdicts.map((verdict) => [verdict.id, verdict.score, whyOf(verdict)]);
  const lines = [
    plainTable(["topic", "score", "because"], rows, { right: [1] }),
    `language: ${language ?? "unknown, read with the keywords of all"}`,
  ];
  if (status && relevance) {
    const parts = Object.entries(relevance.parts).map(([ground, share]) => `${ground} ${share}`);
    const { score, min } = relevance;
    lines.push(`${status}: relevance ${score} of ${min} asked for (${parts.join(", ")})`);
  }
  for (const { _id, word, by, at, reason } of corrections) {
    lines.push(`correction ${_id}: ${wordText(word)} by ${by}, ${at.toISOString()}: ${reason}`);
  }
  return lines.join("\n");
}

function whyOf({ because, hits, narrower = [] }: TopicVerdict): string {
  if (because === "narrower topic") return `wider topic of ${narrower.join(", ")}`;
  if (because === "declared") return "declared by its source; no word speaks for any topic";
  const words = hits.map(shown).join(", ");
  return because === "editor" ? ["an editor says so", words].filter(Boolean).join(", ") : words;
}

function shown({ keyword, where, times, weight }: TopicHit): string {
  return `"${keyword}" in ${where}${times > 1 ? ` ${times}x` : ""} (${weight})`;
}
