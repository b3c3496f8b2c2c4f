import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import { readCorrections } from "../../store/articles/corrections.ts";
import { readArticle } from "../../store/articles/stories.ts";
import { may } from "../auth/actor.ts";
import {
  actionForm,
  answerAction,
  askedBy,
  Reason,
  readForm,
  readQuery,
  Several,
} from "./actions.ts";
import { correctionsTable } from "./corrections.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";

/** Corrections on the page. */
const LATEST = 100;

const Id = z.string().trim().min(1).max(200);
const Correct = z.object({ article: Id, add: Several, remove: Several, reason: Reason });
const Undo = z.object({ id: Id, reason: Reason });
const Query = z.object({ article: z.string().max(200).default("") });

/** `/admin/corrections`: what editors said of articles, and the forms to say more or take it back. */
export function correctionsPage(deps: AdminDeps): FastifyPluginAsync {
  const { store, timezone, now, actions } = deps;
  return async (app) => {
    app.get("/admin/corrections", { schema: { hide: true } }, async (request, reply) => {
      const { article } = readQuery(Query, request);
      const corrections = await readCorrections(store, now(), LATEST);
      const forms =
        actions !== null &&
        may(request, "edit") &&
        html`${await correctForm(deps, request, article)}
${corrections.length > 0 && undoForm(request)}`;
      const body = html`${forms}${correctionsTable(corrections, timezone)}`;
      return sendEither(request, reply, { corrections }, () => frame("Corrections", body, request));
    });

    if (!actions) return;
    app.post("/admin/corrections", { schema: { hide: true } }, async (request, reply) => {
      const { article, reason, ...word } = readForm(Correct, request);
      const done = await actions.correctTopics(article, word, askedBy(request, reason));
      return answerAction(request, reply, "/admin/corrections", done);
    });

    app.post("/admin/corrections/undo", { schema: { hide: true } }, async (request, reply) => {
      const { id, reason } = readForm(Undo, request);
      const done = await actions.undoCorrection(id, askedBy(request, reason));
      return answerAction(request, reply, "/admin/corrections", done);
    });
  };
}

async function correctForm(
  { store, topics }: AdminDeps,
  request: FastifyRequest,
  id: string,
): Promise<Html> {
  const article = id === "" ? null : await readArticle(store, id);
  const options = topics.map((topic) => html`<option value="${topic.id}">${topic.name}</option>`);
  const fields = html`<label>Article <input name="article" required value="${id}" size="40"></label>
${article && html`<p><bdi>${article.title}</bdi>: ${article.topics.join(", ") || "no topic"}</p>`}
<label>Add <select name="add" multiple size="6">${options}</select></label>
<label>Remove <select name="remove" multiple size="6">${options}</select></label>`;
  const form = { action: "/admin/corrections", button: "Correct", fields };
  return html`<section><h2>Correct an article's topics</h2>${actionForm(request, form)}</section>`;
}

function undoForm(request: FastifyRequest): Html {
  const fields = html`<label>Correction <input name="id" required size="40"></label>`;
  const form = { action: "/admin/corrections/undo", button: "Take back", fields };
  return html`<section><h2>Take a correction back</h2>${actionForm(request, form)}</section>`;
}
