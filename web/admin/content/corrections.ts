import type { FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type CorrectionOutcome,
  correct,
  undoCorrection,
} from "../../../articles/editorial/correct.ts";
import { type Html, html } from "../../../lib/text.ts";
import { type Correction, decisionText } from "../../../model/articles/correction.ts";
import { findArticle } from "../../../store/articles/articles.ts";
import { readCorrections } from "../../../store/articles/stories.ts";
import { may } from "../../auth/access.ts";
import { formToken } from "../../auth/form.ts";
import { ArticleId, actionForm, options, Reason, requireDone, Several } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, readQuery } from "../page.ts";
import { articlePath, at, section } from "../tables.ts";

const MAX_CORRECTIONS = 100;

const Correct = z.object({ article: ArticleId, add: Several, remove: Several, reason: Reason });
const Undo = z.object({ id: ArticleId, reason: Reason });
const Query = z.object({ article: z.string().max(200).default("") });

export const correctionsPage: AdminPage = {
  path: "/admin/corrections",
  title: "Corrections",
  section: "Content",
  commands: ["newsgather topics corrections", "newsgather topics correct ARTICLE"],
  async show(request, deps) {
    const { article } = readQuery(Query, request);
    const corrections = await readCorrections(deps.store, deps.now(), MAX_CORRECTIONS);
    const form =
      article !== "" && may(request, "edit") && (await correctForm(deps, request, article));
    const body = html`${form}${correctionsTable(request, corrections, deps.timezone)}`;
    return { json: { corrections }, html: body };
  },
  actions: [
    action("/admin/corrections", "edit", Correct, async (form, deps, author) => {
      const { article: articleId, add, remove } = form;
      const word = { field: "topics", add, remove } as const;
      const request = { articleId, word, ...author };
      return effectOf(await correct(deps.store, request, { topics: deps.topics, now: deps.now() }));
    }),
    action("/admin/corrections/undo", "edit", Undo, async ({ id }, { store, now }, author) =>
      effectOf(await undoCorrection(store, { id, ...author }, now())),
    ),
  ],
};

function effectOf(outcome: CorrectionOutcome): string {
  const { changed } = requireDone(outcome);
  return changed ? "readers see the change" : "saved; nothing changes for readers";
}

export function correctionsTable(
  request: FastifyRequest,
  corrections: readonly Correction[],
  zone: string,
  none = html`No corrections yet. Open <a href="/admin/articles">an article</a> to correct it.`,
): Html {
  const mayUndo = may(request, "edit");
  return section(
    "Editors' corrections",
    ["Article", "Says", "Who", "When", "Why", ""],
    corrections.map((correction) => {
      const { articleId, word, actor, at: when, reason, undone } = correction;
      const over =
        undone && html`; undone by ${undone.actor}, ${at(zone, undone.at)}: ${undone.reason}`;
      return html`<tr><td class="url"><a href="${articlePath(articleId)}">${articleId}</a></td>
<td>${decisionText(word)}</td><td>${actor}</td><td>${at(zone, when)}</td>
<td class="why">${reason}${over}</td><td>${mayUndo && !undone && undoForm(request, correction)}</td></tr>\n`;
    }),
    none,
  );
}

async function correctForm(
  { store, topics }: AdminDeps,
  request: FastifyRequest,
  id: string,
): Promise<Html> {
  const article = id === "" ? null : await findArticle(store, id);
  const choices = options(topics.map((topic) => [topic.id, topic.name]));
  const fields = html`<label class="form-label">Article <input class="form-control" name="article" required value="${id}" size="40"></label>
${article && html`<p><bdi>${article.title}</bdi>: ${article.topics.join(", ") || "no topic"}</p>`}
<label class="form-label">Add <select class="form-select" name="add" multiple size="6">${choices}</select></label>
<label class="form-label">Remove <select class="form-select" name="remove" multiple size="6">${choices}</select></label>`;
  const form = { action: "/admin/corrections", button: "Correct", fields };
  return html`<section class="card card-body"><h2 class="card-title">Correct an article's topics</h2>${actionForm(request, form)}</section>`;
}

function undoForm(request: FastifyRequest, { _id, word }: Correction): Html {
  return html`<form method="post" action="/admin/corrections/undo">${formToken(request)}<input type="hidden" name="id" value="${_id}"><input type="hidden" name="reason" value="undone on /admin/corrections">
<button class="btn btn-sm" aria-label="Undo: ${decisionText(word)}">Undo</button></form>`;
}
