import { text as readAll } from "node:stream/consumers";
import type { Command } from "@commander-js/extra-typings";
import { topicMatcher } from "../../../articles/classify/topics/matcher.ts";
import { correct } from "../../../articles/editorial/correct.ts";
import { suggestTopics } from "../../../articles/editorial/topic-suggestions.ts";
import { detect, prepare } from "../../../extractors/language.ts";
import { CommandError } from "../../../lib/exit.ts";
import type { Relevance, TopicHit, TopicVerdict } from "../../../model/articles/classification.ts";
import { type Correction, decisionText, isOfTopics } from "../../../model/articles/correction.ts";
import { getArticles } from "../../../store/articles/articles.ts";
import { correctionsOf, readCorrections } from "../../../store/articles/stories.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { requireKnown } from "../../exit.ts";
import { articleIdOf } from "../../known.ts";
import { plainTable, print } from "../../output.ts";
import { readTopics } from "../../roles/config-data.ts";
import { onStore } from "../../services/use.ts";
import { printStored } from "../../stored-list.ts";
import { codeOf } from "../../stream-options.ts";
import { saveCorrection, undo } from "./stories.ts";

const MAX_LISTED = 100;

export function register(program: Command): void {
  const topics = program
    .command("topics")
    .description("explain and correct the topics of articles");
  topics
    .command("explain")
    .description("show which words gave an article or a text its topics")
    .argument("[article]", "id or URL of the article")
    .option("--text <text>", "explain this text instead of an article; - reads standard input")
    .option("--title <title>", "title of the text", "")
    .option("--language <code>", "language of the text (default: detected)")
    .option("--json", "print JSON")
    .action(async (articleId, { json, ...params }) => {
      if (params.language !== undefined) codeOf("language", params.language);
      if ((articleId === undefined) === (params.text === undefined)) {
        throw new CommandError("usage", "name an article, or give a text with --text");
      }
      const found = articleId
        ? await onStore((store) => explainArticle(store, articleId))
        : await explainText(params);
      print(found, json, explanationTable);
    });
  topics
    .command("correct")
    .description("add or remove topics of an article, permanently")
    .argument("<article>", "id or URL of the article")
    .option("--add <topic...>", "topics to add")
    .option("--remove <topic...>", "topics to remove")
    .requiredOption("--reason <text>", "why")
    .action(async (article, { add = [], remove = [], reason }) => {
      const known = await readTopics();
      const ids = known.map(({ id }) => id);
      requireKnown("topic", [...add, ...remove], ids, "see config/topics.yaml");
      const word = { field: "topics", add, remove } as const;
      await saveCorrection(async (store) => {
        const articleId = await articleIdOf(store, article);
        const request = { articleId, word, actor: cliActor(), reason };
        return correct(store, request, { topics: known, now: new Date() });
      });
    });
  topics
    .command("undo")
    .description("undo a correction")
    .argument("<correction>", "id of the correction, as `topics corrections` shows it")
    .requiredOption("--reason <text>", "why")
    .action(undo);
  printStored(
    topics.command("corrections").description("show the latest corrections"),
    (store) => readCorrections(store, new Date(), MAX_LISTED),
    tableOf,
  );
  topics
    .command("suggest")
    .description("suggest keywords from corrections, as YAML for config/topics.yaml")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const known = await readTopics();
      const { found, yaml } = await onStore((store) =>
        suggestTopics(store, { topics: known, now: new Date() }),
      );
      print(found, json, () => yaml);
    });
}

function tableOf(corrections: Correction[]): string {
  const rows = corrections.map(({ _id, articleId, word, actor, at, reason, undone }) => {
    const state = undone ? `undone: ${undone.reason}` : "";
    return [
      _id,
      articleId,
      decisionText(word),
      actor,
      at.toISOString().slice(0, 16),
      reason,
      state,
    ];
  });
  return plainTable(["correction", "article", "says", "actor", "at", "why", "state"], rows);
}

interface ExplainOptions {
  text?: string;
  title: string;
  language?: string;
}

interface Explained {
  language: string | null;
  verdicts: TopicVerdict[];
  status?: string;
  relevance?: Relevance;
  corrections?: Correction[];
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

function explanationTable(explained: Explained): string {
  const { language, verdicts, status, relevance, corrections = [] } = explained;
  const rows = verdicts.map((verdict) => [verdict.id, verdict.score, whyOf(verdict)]);
  const lines = [
    plainTable(["topic", "score", "because"], rows, { right: [1] }),
    `language: ${language ?? "unknown; keywords of all languages are used"}`,
  ];
  if (status && relevance) {
    const parts = Object.entries(relevance.parts).map(([ground, share]) => `${ground} ${share}`);
    const { score, min } = relevance;
    lines.push(`${status}: relevance ${score}, required ${min} (${parts.join(", ")})`);
  }
  for (const { _id, word, actor, at, reason } of corrections) {
    const decision = `${decisionText(word)} by ${actor}, ${at.toISOString()}`;
    lines.push(`correction ${_id}: ${decision}: ${reason}`);
  }
  return lines.join("\n");
}

function whyOf({ because, hits, narrower = [] }: TopicVerdict): string {
  if (because === "narrower topic") return `wider topic of ${narrower.join(", ")}`;
  if (because === "declared")
    return "declared by its source; the text contains no keyword of any topic";
  const words = hits.map(shown).join(", ");
  return because === "editor" ? ["added by an editor", words].filter(Boolean).join(", ") : words;
}

function shown({ keyword, where, times, weight }: TopicHit): string {
  return `"${keyword}" in ${where}${times > 1 ? ` ${times}x` : ""} (${weight})`;
}
