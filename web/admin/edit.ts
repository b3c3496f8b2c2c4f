import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Draft } from "../../model/articles/correction.ts";
import { ProblemError } from "../../model/problem.ts";
import { FormMoment } from "../../model/request-times.ts";
import { getArticles } from "../../store/articles/articles.ts";
import { correctionsOf } from "../../store/articles/corrections.ts";
import { draftsOf } from "../../store/articles/drafts.ts";
import { may } from "../auth/actor.ts";
import { actionForm, answerAction, askedBy, Reason, readForm, readQuery } from "./actions.ts";
import { correctionsTable } from "./corrections.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";

const Id = z.string().trim().min(1).max(200);
/** An empty field is left to the publisher. */
const text = z
  .string()
  .optional()
  .transform((value) => (value === undefined ? undefined : value.trim() || null));
const time = z
  .string()
  .trim()
  .pipe(z.union([z.literal("").transform(() => null), FormMoment]))
  .optional();
const Wording = z.object({
  article: Id,
  language: text,
  title: text,
  prefix: text,
  teaser: text,
  reason: Reason,
});
const Translate = z.object({
  article: Id,
  language: z.string().regex(/^[a-z]{2,3}$/, "write a language as two or three small letters"),
  reason: Reason,
});
const Times = z.object({ article: Id, embargo: time, expires: time, pin: time, reason: Reason });
const Query = z.object({ article: z.string().max(200).default("") });

/** `/admin/edit`: an article's words beside the publisher's, its times, and what editors said of it. */
export function editPage({ store, timezone, actions }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/edit", { schema: { hide: true } }, async (request, reply) => {
      const { article: id } = readQuery(Query, request);
      const article = (await getArticles(store, [id])).get(id);
      if (!article) throw new ProblemError(404, "not-found", "There is no such article.");
      const said = (await correctionsOf(store, [id])).get(id) ?? [];
      const mayEdit = actions !== null && may(request, "edit");
      const drafts = await draftsOf(store, id);
      const translations =
        mayEdit &&
        translationForms(request, article, { drafts, translator: actions.translate !== null });
      const forms = mayEdit && html`${formsOf(request, article)}${translations}`;
      const body = html`${published(article)}${forms}${correctionsTable(said, timezone)}`;
      return sendEither(
        request,
        reply,
        { article: wordsOf(article), corrections: said, drafts },
        () => frame("Edit an article", body, request),
      );
    });

    if (!actions) return;
    app.post("/admin/edit/wording", { schema: { hide: true } }, async (request, reply) => {
      const { article, reason, language, ...words } = readForm(Wording, request);
      const word = { field: "wording", language: language ?? null, ...given(words) } as const;
      const done = await actions.say([article], word, askedBy(request, reason));
      return answerAction(request, reply, pageOf(article), done);
    });

    app.post("/admin/edit/translate", { schema: { hide: true } }, async (request, reply) => {
      const { article, reason, language } = readForm(Translate, request);
      if (!actions.translate) {
        throw new ProblemError(400, "not-possible", "Set NEWSGATHER_TRANSLATOR_URL first.");
      }
      const done = await actions.translate(article, language, askedBy(request, reason));
      return answerAction(request, reply, pageOf(article), done);
    });

    app.post("/admin/edit/times", { schema: { hide: true } }, async (request, reply) => {
      const { article, reason, ...times } = readForm(Times, request);
      const word = { field: "times", ...given(times) } as const;
      const done = await actions.say([article], word, askedBy(request, reason));
      return answerAction(request, reply, pageOf(article), done);
    });
  };
}

const pageOf = (article: string) => `/admin/edit?article=${encodeURIComponent(article)}`;

/** The fields that the form has. */
function given<Value>(form: Record<string, Value | undefined>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(form).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}

/** What editors may write over, and what they made of it. */
function wordsOf({ _id, title, prefix, teaser, language, edited, times, editorial }: Article) {
  return { _id, title, prefix, teaser, language, edited, times, editorial };
}

function published({ title, prefix, teaser, url, _id, status, unlisted }: Article): Html {
  return html`<section><h2><bdi>${prefix}${title}</bdi></h2><p><bdi>${teaser}</bdi></p>
<p class="why">As its publisher has it: <a href="${url}">${url}</a>. ${status}${unlisted && html`: ${unlisted.reason}, ${unlisted.detail}`}.
<a href="/article/${encodeURIComponent(_id)}">Page</a> · <a href="/admin/corrections?article=${encodeURIComponent(_id)}">topics</a> ·
<a href="/admin/revisions?article=${encodeURIComponent(_id)}">revisions</a></p></section>`;
}

function formsOf(request: FastifyRequest, { _id, edited, times, pinnedUntil }: Article): Html {
  const own = html`<input type="hidden" name="article" value="${_id}">`;
  const words = html`${own}
<label>Title <input name="title" size="80" maxlength="500" value="${edited?.title}"></label>
<label>Prefix <input name="prefix" size="30" maxlength="100" value="${edited?.prefix}"></label>
<label>Teaser <textarea name="teaser" rows="5" maxlength="5000">${edited?.teaser}</textarea></label>`;
  const clock = (date: Date | null | undefined) => date?.toISOString().slice(0, 16);
  const field = (name: string, label: string, value: Date | null | undefined) =>
    html`<label>${label} (UTC) <input type="datetime-local" name="${name}" value="${clock(value)}"></label>`;
  const when = html`${own}${field("embargo", "Embargo until", times?.embargo)}
${field("expires", "Expires at", times?.expires)}${field("pin", "Pinned until", pinnedUntil)}`;
  const wording = { action: "/admin/edit/wording", button: "Write" };
  return html`<section><h2>Words over the publisher's</h2><p>An empty field is left to the publisher.</p>
${actionForm(request, { ...wording, fields: words })}</section>
<section><h2>Times</h2>${actionForm(request, { action: "/admin/edit/times", button: "Set", fields: when })}</section>`;
}

const LANGUAGE = html`<label>Language <input name="language" required pattern="[a-z]{2,3}" size="4"></label>`;

/** The translations of an article, a form for each draft and one for a new one, and one that asks the translator. */
function translationForms(
  request: FastifyRequest,
  { _id, edited }: Pick<Article, "_id" | "edited">,
  { drafts, translator }: { drafts: readonly Draft[]; translator: boolean },
): Html {
  const own = html`<input type="hidden" name="article" value="${_id}">`;
  const words = (language: Html, title = "", teaser = "") => html`${own}${language}
<label>Title <input name="title" size="80" maxlength="500" value="${title}"></label>
<label>Teaser <textarea name="teaser" rows="5" maxlength="5000">${teaser}</textarea></label>`;
  const write = (fields: Html) =>
    actionForm(request, { action: "/admin/edit/wording", button: "Write", fields });
  const written = Object.entries(edited?.translations ?? {}).map(
    ([language, { title, teaser }]) =>
      html`<p lang="${language}">${language}: <bdi>${title}</bdi> <bdi>${teaser}</bdi></p>`,
  );
  const drafted = drafts.map(({ language, title, teaser }) => {
    const known = html`<input type="hidden" name="language" value="${language}">`;
    return html`<h3>Draft of the translator: ${language}</h3>
<p>Readers don't get it until you write it.</p>${write(words(known, title, teaser ?? ""))}`;
  });
  const ask = html`<h3>Have it drafted</h3>${actionForm(request, {
    action: "/admin/edit/translate",
    button: "Ask the translator",
    fields: html`${own}${LANGUAGE}`,
  })}`;
  return html`<section><h2>Translations</h2>${written}${drafted}
${translator && ask}
<h3>A translation</h3>${write(words(LANGUAGE))}</section>`;
}
