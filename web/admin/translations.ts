import type { FastifyRequest } from "fastify";
import { type Html, html } from "../../lib/html.ts";
import type { Article } from "../../model/article.ts";
import type { Draft } from "../../model/draft.ts";
import { actionForm } from "./actions.ts";

const LANGUAGE = html`<label>Language <input name="language" required pattern="[a-z]{2,3}" size="4"></label>`;

/** The translations of an article, a form for each draft and one for a new one, and one that asks the translator. */
export function translationForms(
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
