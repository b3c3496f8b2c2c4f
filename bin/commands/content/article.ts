import { type Command, Option } from "@commander-js/extra-typings";
import { correctAll } from "../../../articles/editorial/correct.ts";
import { reinstate, retractByEditor } from "../../../articles/editorial/retract.ts";
import { draftTranslation } from "../../../articles/editorial/translate.ts";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { withReleases } from "../../../lib/async.ts";
import { CommandError } from "../../../lib/exit.ts";
import { EDITORIAL_STATES, type EditorialState } from "../../../model/articles/article.ts";
import type { ArticleDecision } from "../../../model/articles/correction.ts";
import { readTimeline } from "../../../sources/timeline.ts";
import { findArticle } from "../../../store/articles/articles.ts";
import { readInbox } from "../../../store/articles/listing.ts";
import { correctionsOfArticle } from "../../../store/articles/stories.ts";
import { getLink } from "../../../store/crawl/links.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { articleIdOf, articleIdsOf } from "../../known.ts";
import { plainTable, print, utc } from "../../output.ts";
import { readTopics } from "../../roles/config-data.ts";
import { openTranslator } from "../../roles/egress.ts";
import { onStore } from "../../services/use.ts";
import { codeOf } from "../../stream-options.ts";
import { timeAhead } from "../../time.ts";

const MAX_LISTED = 200;
const EDITABLE_STATES = (Object.keys(EDITORIAL_STATES) as EditorialState[]).filter(
  (state) => state !== "new",
);

export function register(program: Command): void {
  const article = program
    .command("article")
    .description("show, edit, publish and retract articles");
  const onSome = (name: string, about: string) =>
    article
      .command(name)
      .description(about)
      .argument("<article...>", "ids or URLs of articles")
      .requiredOption("--reason <text>", "why");
  article
    .command("show")
    .description("show the stored data of an article")
    .argument("<article>", "id or URL of the article")
    .option("--json", "print JSON, with the text and the evidence for each field")
    .action(show);
  article
    .command("timeline")
    .description("show what happened to an article, from discovery to each consumer of the stream")
    .argument("<article>", "id or URL of the article")
    .option("--json", "print JSON")
    .action(showTimeline);
  article
    .command("inbox")
    .description("show articles that wait for an editor")
    .option("--json", "print JSON")
    .action(inbox);
  onSome("state", "mark articles as draft or approved, or publish them")
    .addOption(
      new Option("--to <state>", "new state of the articles")
        .choices(EDITABLE_STATES)
        .makeOptionMandatory(),
    )
    .action((ids, { to, reason }) => say(ids, { field: "state", say: to }, reason));
  onSome("edit", "change title, place prefix or teaser; the value - restores the publisher's text")
    .option("--title <text>", "new title")
    .option("--prefix <text>", "text before the title, e.g. `DE: Berlin: `")
    .option("--teaser <text>", "new teaser")
    .option("--language <code>", "store the new words as a translation into this language")
    .action((ids, { reason, language, ...words }) => {
      const written = Object.entries(words).map(([name, text]) => [
        name,
        text === "-" ? null : text,
      ]);
      const code = language === undefined ? null : codeOf("language", language);
      const word = { field: "wording", language: code } as const;
      return say(ids, { ...word, ...Object.fromEntries(written) }, reason);
    });
  onSome("translate", "request a draft translation from NEWSGATHER_TRANSLATOR_URL")
    .requiredOption("--language <code>", "e.g. de")
    .action((ids, { reason, language }) => translate(ids, codeOf("language", language), reason));
  onSome("times", "set embargo, expiry or pin; the value none removes a time")
    .option("--embargo <time>", "readers don't see the article before this time")
    .option("--expires <time>", "readers don't see the article after this time")
    .option("--pin <time>", "the article stays at the top until this time")
    .action((ids, { reason, ...times }) => {
      const now = new Date();
      const read = Object.entries(times).map(([name, text]) => [
        name,
        text === "none" ? null : timeAhead(`--${name}`, text, now),
      ]);
      return say(ids, { field: "times", ...Object.fromEntries(read) }, reason);
    });
  const verb = (name: string, about: string, act: typeof retractByEditor | typeof reinstate) =>
    onSome(name, about).action((ids, { reason }) =>
      onEach(ids, (store, articleId) =>
        act(store, { articleId, actor: cliActor(), reason }, new Date()),
      ),
    );
  verb(
    "retract",
    "retract articles: remove them from portal, feeds and API until they are reinstated",
    retractByEditor,
  );
  verb("reinstate", "publish retracted articles again", reinstate);
}

async function show(word: string, { json }: { json?: true }): Promise<void> {
  const found = await onStore(async (store) => findArticle(store, await articleIdOf(store, word)));
  if (!found) throw new CommandError("usage", `there is no article "${word}"`);
  if (json) return console.log(JSON.stringify(found, null, 2));
  const { _id, url, prefix, title, sourceId, status, language, publishedAt, firstSeenAt } = found;
  const { topics, storyId, duplicateOf, revision, text } = found;
  const place = [found.country, found.region, found.city].filter(Boolean).join(", ");
  const rows = [
    ["URL", url],
    ["title", prefix + title],
    ["source", sourceId],
    ["state", duplicateOf ? `${status}, a copy of ${duplicateOf}` : status],
    ["published", publishedAt ? utc(publishedAt) : "not known"],
    ["first seen", utc(firstSeenAt)],
    ["language", language ?? "not known"],
    ["place", place],
    ["topics", topics.join(", ")],
    ["story", storyId],
    ["revision", revision],
    ["text", `${text.length} characters`],
  ];
  console.log(plainTable(["article", _id], rows));
}

async function showTimeline(word: string, { json }: { json?: true }): Promise<void> {
  const timeline = await onStore(async (store) => {
    const id = await articleIdOf(store, word);
    const [found, link, corrections] = await Promise.all([
      findArticle(store, id),
      getLink(store, id),
      correctionsOfArticle(store, id),
    ]);
    return found && readTimeline(store, found, { link, corrections, now: new Date() });
  });
  if (!timeline) throw new CommandError("usage", `there is no article "${word}"`);
  if (json) return console.log(JSON.stringify(timeline, null, 2));
  const steps = timeline.steps.map(({ at, what, detail }) => [utc(at), what, detail]);
  console.log(plainTable(["when", "what", "how"], steps));
  const readers = timeline.readers.map(({ kind, name, state, behind }) => [
    kind,
    name,
    behind > 0 ? `${state} by ${behind}` : state,
  ]);
  if (readers.length > 0) console.log(`\n${plainTable(["reader", "name", "state"], readers)}`);
}

async function inbox({ json }: { json?: true }): Promise<void> {
  const request = { now: new Date(), limit: MAX_LISTED + 1 };
  const found = await onStore((store) => readInbox(store, "waiting", request));
  const rows = found
    .slice(0, MAX_LISTED)
    .map(({ _id, editorial, sourceId, prefix, title, firstSeenAt }) => ({
      id: _id,
      state: editorial?.state ?? "published",
      sourceId,
      title: prefix + title,
      firstSeenAt,
    }));
  if (found.length > MAX_LISTED)
    console.error(
      `only the latest ${MAX_LISTED} are shown: decide on some, then list the inbox again`,
    );
  const cells = rows.map(({ id, state, sourceId, title, firstSeenAt }) => [
    id,
    state,
    sourceId,
    title,
    utc(firstSeenAt),
  ]);
  const head = ["article", "state", "source", "title", "seen"];
  print(rows, json, () => plainTable(head, cells, { none: "no article waits for an editor" }));
}

async function say(words: string[], word: ArticleDecision, reason: string): Promise<void> {
  const topics = await readTopics();
  const { done, problems } = await onStore(async (store) => {
    const articleIds = await articleIdsOf(store, words);
    const correction = { articleIds, word, actor: cliActor(), reason };
    return correctAll(store, correction, { topics, now: new Date() });
  });
  for (const { id, correction, changed } of done) {
    console.log(correction);
    const effect = changed ? "the article has changed" : "the article stays as it was";
    console.error(`${id}: saved; ${effect}`);
  }
  refuse(problems, done.length);
}

async function translate(words: string[], language: string, reason: string): Promise<void> {
  await withReleases(async (stack) => {
    const translator = openTranslator(loadConfig(processEnv()), stack);
    if (!translator) throw new CommandError("usage", "set NEWSGATHER_TRANSLATOR_URL first");
    await onEach(words, async (store, articleId) => {
      const wanted = { articleId, language, actor: cliActor(), reason };
      const deps = { store, now: () => new Date() };
      const result = await draftTranslation(deps, translator, wanted);
      return "problem" in result ? result : { done: result.title };
    });
  });
}

async function onEach(
  words: string[],
  act: (store: Store, articleId: string) => Promise<{ done: string } | { problem: string }>,
): Promise<void> {
  const problems: { id: string; problem: string }[] = [];
  await onStore(async (store) => {
    for (const id of await articleIdsOf(store, words)) {
      const outcome = await act(store, id);
      if ("problem" in outcome) problems.push({ id, problem: outcome.problem });
      else console.log(`${id} ${outcome.done}`);
    }
  });
  refuse(problems, words.length - problems.length);
}

function refuse(problems: readonly { id: string; problem: string }[], done: number): void {
  if (problems.length === 0) return;
  const words = problems.map(({ id, problem }) => `${id}: ${problem}`).join("\n");
  throw new CommandError(done > 0 ? "partly" : "usage", words);
}
