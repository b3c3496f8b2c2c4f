import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Post, signedHeaders } from "../../crawler/http/post.ts";
import { jsonOf } from "../../lib/text.ts";
import { mayQuote } from "../../model/articles/article.ts";
import type { Draft } from "../../model/articles/correction.ts";
import { denialOf, judgeUse } from "../../model/usage-rights.ts";
import { getArticles } from "../../store/articles/articles.ts";
import { keepDraft } from "../../store/articles/stories.ts";
import { runAuditedWork } from "../../store/operations/audit.ts";
import type { Store } from "../../store/store.ts";
import { problemOf } from "./correct.ts";

/** A service that drafts translations. */
export interface Translator {
  url: string;
  secret: string;
  post: Post;
}

const Answer = z.object({ title: z.string(), teaser: z.string().nullish() });

/** A request for a translation. */
interface TranslationRequest extends Pick<Draft, "articleId" | "language" | "actor"> {
  reason: string;
}

/**
 * Requests a translation, signed according to Standard Webhooks, and stores the translation as a
 * draft. Returns the problem if, for example, the publisher reserves the text.
 */
export async function draftTranslation(
  { store, now }: { store: Store; now(): Date },
  { url, secret, post }: Translator,
  { articleId, language, actor, reason }: TranslationRequest,
): Promise<Omit<Draft, "_id"> | { problem: string }> {
  const article = (await getArticles(store, [articleId])).get(articleId);
  if (!article) return { problem: "no such article" };
  if (!mayQuote(article)) return { problem: "the publisher reserves the text" };
  const denial = denialOf(judgeUse(article.rights, "ai-input", now()));
  if (denial !== null) return { problem: `the publisher reserves use as AI input: ${denial}` };
  const { title, teaser } = article;
  const data = { articleId, from: article.language, to: language, title, teaser };
  const body = JSON.stringify({ type: "translation.wanted", timestamp: now(), data });
  const message = { id: `msg_${randomUUID()}`, body };
  const headers = signedHeaders(message, [{ secret, until: null }], now());
  const requestDraft = async (): Promise<Omit<Draft, "_id"> | { problem: string }> => {
    const read = readAnswer(await post.send(url, { headers, body }));
    if ("problem" in read) return read;
    const problem = problemOf(wordOf(read, language), []);
    if (problem !== null) return { problem };
    const words = { title: read.title, teaser: read.teaser ?? null };
    const stored = { articleId, language, ...words, at: now(), actor };
    await keepDraft(store, stored);
    return stored;
  };
  const what = { action: "article.translate", subject: articleId, detail: language };
  return runAuditedWork(store, { actor, reason }, what, requestDraft, (done) => {
    return `${language}: ${"problem" in done ? done.problem : "drafted"}`;
  });
}

function readAnswer(
  response: Awaited<ReturnType<Post["send"]>>,
): z.output<typeof Answer> | { problem: string } {
  if ("problem" in response) return response;
  if (response.status !== 200)
    return { problem: `the translator answered with status ${response.status}` };
  const parsed = Answer.safeParse(jsonOf(response.body));
  return parsed.data ?? { problem: "the translator returned no title" };
}

function wordOf({ title, teaser }: z.output<typeof Answer>, language: string) {
  return { field: "wording", language, title, ...(teaser != null && { teaser }) } as const;
}
