import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { correctAll } from "../../../articles/editorial/correct.ts";
import { draftTranslation } from "../../../articles/editorial/translate.ts";
import { type Html, html, jsonOf } from "../../../lib/text.ts";
import type { Article } from "../../../model/articles/article.ts";
import type { ArticleDecision, Draft } from "../../../model/articles/correction.ts";
import type { Author } from "../../../model/operations/audit.ts";
import { notPossible, ProblemError } from "../../../model/problem.ts";
import { FormMoment } from "../../../model/request-times.ts";
import { getArticles } from "../../../store/articles/articles.ts";
import { correctionsOf, draftsOf, dropDraft } from "../../../store/articles/stories.ts";
import { readSourceNames } from "../../../store/sources/sources.ts";
import { may } from "../../auth/access.ts";
import { ArticleId, actionForm, countDone, Reason, requireDone } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, readQuery } from "../page.ts";
import { articleHead, articleTabPath, articleTabs } from "./article-tabs.ts";
import { correctionsTable } from "./corrections.ts";

const text = z
  .string()
  .optional()
  .transform((value) => (value === undefined ? undefined : value.trim() || null));
const time = z
  .string()
  .trim()
  .pipe(z.union([z.literal("").transform(() => null), FormMoment]))
  .optional();

/** Returns only the fields that the user changed: other users can have changed the rest. */
function changedIn(form: unknown): object {
  const { shown, ...fields } = form as { shown?: unknown };
  const before = Object.entries(jsonOf(String(shown)) ?? {});
  const isUnchanged = ([name, value]: [string, unknown]) =>
    before.some(([one, typed]) => one === name && typed === withUnixLineBreaks(String(value)));
  return Object.fromEntries(Object.entries(fields).filter((field) => !isUnchanged(field)));
}

function withUnixLineBreaks(value: string): string {
  // Browsers send `\r\n` for a line break.
  return value.replaceAll("\r\n", "\n").trim();
}

const Wording = z.preprocess(
  changedIn,
  z.object({
    article: ArticleId,
    language: text,
    title: text,
    prefix: text,
    teaser: text,
    empty: z.literal("unchanged").optional(),
    reason: Reason,
  }),
);
const Translate = z.object({
  article: ArticleId,
  language: z.string().regex(/^[a-z]{2,3}$/, "write a language as two or three lowercase letters"),
  reason: Reason,
});
const Times = z.preprocess(
  changedIn,
  z.object({ article: ArticleId, embargo: time, expires: time, pin: time, reason: Reason }),
);
const Query = z.object({ article: z.string().max(200).default("") });

export const editPage: AdminPage = {
  path: "/admin/edit",
  title: "Edit an article",
  section: "Content",
  under: "/admin/articles",
  commands: ["newsgather article edit ARTICLE", "newsgather article times ARTICLE"],
  async show(request, { store, timezone, translator }) {
    const { article: id } = readQuery(Query, request);
    const article = (await getArticles(store, [id])).get(id);
    if (!article) throw new ProblemError(404, "not-found", "There is no such article.");
    const corrections = (await correctionsOf(store, [id])).get(id) ?? [];
    const [drafts, names] = await Promise.all([
      draftsOf(store, id),
      readSourceNames(store, [article.sourceId]),
    ]);
    const forms =
      may(request, "edit") &&
      html`${formsOf(request, article)}${translationForms(request, article, { drafts, translator: translator !== null })}`;
    return {
      json: { article: wordsOf(article), corrections, drafts },
      ...articleHead(request, {
        ...article,
        sourceName: names.get(article.sourceId) ?? article.sourceId,
      }),
      html: html`${articleTabs(id, "/admin/edit")}${published(article)}${forms}${correctionsTable(request, corrections, timezone, html`No corrections of this article yet.`)}`,
    };
  },
  actions: [
    action("/admin/edit/wording", "edit", Wording, async (form, deps, author) => {
      const { article, reason: _, language = null, empty, title, prefix, teaser } = form;
      const texts = filledIn({ title, prefix, teaser }, empty === "unchanged");
      const word = { field: "wording", language, ...texts } as const;
      const done = await correctArticles(deps, { articleIds: [article], word, ...author });
      if (language !== null) await dropDraft(deps.store, article, language);
      return { location: articleTabPath(article, "/admin/edit"), done };
    }),
    action("/admin/edit/translate", "edit", Translate, async (form, deps, author) => {
      const { article, language } = form;
      if (!deps.translator) throw notPossible("Set NEWSGATHER_TRANSLATOR_URL first.");
      const wanted = { articleId: article, language, ...author };
      const draft = requireDone(await draftTranslation(deps, deps.translator, wanted));
      return { location: articleTabPath(article, "/admin/edit"), done: `drafted: ${draft.title}` };
    }),
    action("/admin/edit/times", "edit", Times, async (form, deps, author) => {
      const { article, reason: _, ...times } = form;
      const word = { field: "times", ...filledIn(times) } as const;
      const done = await correctArticles(deps, { articleIds: [article], word, ...author });
      return { location: articleTabPath(article, "/admin/edit"), done };
    }),
  ],
};

/**
 * Makes the same correction in several articles and returns a message. Throws a 400 problem if all
 * corrections fail.
 */
export async function correctArticles(
  { store, topics, now }: AdminDeps,
  correction: Author & { articleIds: readonly string[]; word: ArticleDecision },
): Promise<string> {
  const { done, problems } = await correctAll(store, correction, { topics, now: now() });
  return countDone(done.length, problems);
}

function filledIn<Value>(
  form: Record<string, Value | null | undefined>,
  withoutEmpty = false,
): Record<string, Value | null> {
  return Object.fromEntries(
    Object.entries(form).filter(
      (entry): entry is [string, Value | null] =>
        entry[1] !== undefined && !(withoutEmpty && entry[1] === null),
    ),
  );
}

function wordsOf({ _id, title, prefix, teaser, language, edited, times, editorial }: Article) {
  return { _id, title, prefix, teaser, language, edited, times, editorial };
}

function published({ title, prefix, teaser, _id }: Article): Html {
  return html`<section class="card card-body"><h2 class="card-title">As the publisher wrote it</h2>
<p><bdi>${prefix}${title}</bdi></p><p><bdi>${teaser}</bdi></p>
<p class="mb-0"><a href="/admin/corrections?article=${encodeURIComponent(_id)}">Correct the topics</a></p></section>`;
}

function shownField(values: Record<string, string | null | undefined>): Html {
  const shown = Object.entries(values).map(([name, value]) => [
    name,
    withUnixLineBreaks(value ?? ""),
  ]);
  return html`<input type="hidden" name="shown" value="${JSON.stringify(Object.fromEntries(shown))}">`;
}

function formsOf(request: FastifyRequest, { _id, edited, times, pinnedUntil }: Article): Html {
  const own = html`<input type="hidden" name="article" value="${_id}">`;
  const { title, prefix, teaser } = edited ?? {};
  const words = html`${own}${shownField({ title, prefix, teaser })}
<label class="form-label">Title <input class="form-control" name="title" size="80" maxlength="500" value="${title}"></label>
<label class="form-label">Prefix <input class="form-control" name="prefix" size="30" maxlength="100" value="${prefix}"></label>
<label class="form-label">Teaser <textarea class="form-control" name="teaser" rows="5" maxlength="5000">${teaser}</textarea></label>`;
  const clock = (date: Date | null | undefined) => date?.toISOString().slice(0, 16);
  const [embargo, expires, pin] = [times?.embargo, times?.expires, pinnedUntil].map(clock);
  const field = (name: string, label: string, value: string | undefined) =>
    html`<label class="form-label">${label} (UTC) <input class="form-control" type="datetime-local" name="${name}" value="${value}"></label>`;
  const when = html`${own}${shownField({ embargo, expires, pin })}${field("embargo", "Embargo until", embargo)}
${field("expires", "Expires at", expires)}${field("pin", "Pinned until", pin)}`;
  return html`<section class="card card-body"><h2 class="card-title">Wording</h2><p>An empty field keeps the publisher's text.</p>
${actionForm(request, { action: "/admin/edit/wording", button: "Save", fields: words })}</section>
<section class="card card-body"><h2 class="card-title">Times</h2>${actionForm(request, { action: "/admin/edit/times", button: "Set", fields: when })}</section>`;
}

const LANGUAGE_FIELD = html`<label class="form-label">Language <input class="form-control" name="language" required pattern="[a-z]{2,3}" size="4"></label>`;

const EMPTY_IS_UNCHANGED = html`<input type="hidden" name="empty" value="unchanged">`;

function translationForms(
  request: FastifyRequest,
  { _id, edited }: Pick<Article, "_id" | "edited">,
  { drafts, translator }: { drafts: readonly Draft[]; translator: boolean },
): Html {
  const own = html`<input type="hidden" name="article" value="${_id}">`;
  const write = (fields: Html, { title, teaser }: Partial<Pick<Draft, "title" | "teaser">> = {}) =>
    actionForm(request, {
      action: "/admin/edit/wording",
      button: "Save",
      fields: html`${own}${fields}
<label class="form-label">Title <input class="form-control" name="title" size="80" maxlength="500" value="${title}"></label>
<label class="form-label">Teaser <textarea class="form-control" name="teaser" rows="5" maxlength="5000">${teaser}</textarea></label>`,
    });
  const known = (language: string) =>
    html`<input type="hidden" name="language" value="${language}">`;
  const written = Object.entries(edited?.translations ?? {}).map(
    ([language, texts]) =>
      html`<h3>Translation: ${language}</h3><p>An empty field removes the text.</p>${write(html`${known(language)}${shownField({ title: texts.title, teaser: texts.teaser })}`, texts)}`,
  );
  const drafted = drafts.map(
    ({ language, ...texts }) => html`<h3>Draft of the translator: ${language}</h3>
<p>Readers don't see this draft until you save it. An empty field leaves the stored text as it is.</p>${write(html`${known(language)}${EMPTY_IS_UNCHANGED}`, texts)}`,
  );
  const ask = html`<h3>Request a draft</h3>${actionForm(request, {
    action: "/admin/edit/translate",
    button: "Ask the translator",
    fields: html`${own}${LANGUAGE_FIELD}`,
  })}`;
  return html`<section class="card card-body"><h2 class="card-title">Translations</h2>${written}${drafted}
${translator && ask}
<h3>Write a translation</h3><p>An empty field leaves the stored text as it is.</p>${write(html`${LANGUAGE_FIELD}${EMPTY_IS_UNCHANGED}`)}</section>`;
}
