import type { FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type Decision,
  readLastDecision,
  undoDecision,
} from "../../../articles/editorial/decision.ts";
import { reinstate, retractByEditor } from "../../../articles/editorial/retract.ts";
import { type Html, html } from "../../../lib/text.ts";
import { EDITORIAL_STATES, STATES, stateOf, toVisible } from "../../../model/articles/article.ts";
import { ProblemError } from "../../../model/problem.ts";
import { matchesFields, type View, ViewId } from "../../../model/publish/filter.ts";
import { AnyMoment } from "../../../model/request-times.ts";
import {
  countWaiting,
  type InboxArticle,
  MAX_INBOX_ARTICLES,
  readInbox,
  readListing,
} from "../../../store/articles/listing.ts";
import { listViews } from "../../../store/publish/views.ts";
import { readSourceNames } from "../../../store/sources/sources.ts";
import { ASSETS } from "../../assets.ts";
import { actorName, may } from "../../auth/access.ts";
import { formToken } from "../../auth/form.ts";
import { countDone, doEach, options, Reason, requireDone, Several, tickedForm } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, readQuery } from "../page.ts";
import { articlePath, at } from "../tables.ts";
import { correctArticles } from "./edit.ts";

const MAX_ARTICLES = 100;
const TABS = ["waiting", ...STATES] as const;
type Tab = (typeof TABS)[number];

interface Shown {
  show: Tab;
  view: View | null;
}

const VERBS = {
  approved: { name: "Approve", past: "approved", key: "a" },
  published: { name: "Publish", past: "published", key: "p" },
  withdrawn: { name: "Reject or withdraw", past: "withdrawn", key: "r" },
  draft: { name: "Start editing", past: "moved to draft", key: "d" },
  reinstated: { name: "Reinstate", past: "reinstated", key: "i" },
} as const;
const verbs = Object.keys(VERBS) as (keyof typeof VERBS)[];

const Query = z.object({ show: z.enum(TABS).optional().catch(undefined), view: ViewId.optional() });
/** The list that a form was sent from; the editor returns to it. */
const LIST_FIELDS = {
  show: z.enum(TABS).default("waiting"),
  view: z.union([ViewId, z.literal("")]).default(""),
};
const Form = z.object({
  article: Several.pipe(z.array(z.string()).min(1, "tick an article").max(MAX_ARTICLES)),
  verb: z.enum(verbs),
  reason: Reason,
  ...LIST_FIELDS,
});
const UndoForm = z.object({ at: AnyMoment, ...LIST_FIELDS });

/**
 * `/admin/inbox`: articles that wait for editors, with keyboard shortcuts and actions on several
 * articles at once.
 */
export const inboxPage: AdminPage = {
  path: "/admin/inbox",
  title: "Inbox",
  section: "Content",
  commands: ["newsgather article inbox"],
  countAttention: ({ store, now }) => countWaiting(store, { now: now(), limit: MAX_ARTICLES }),
  async show(request, deps) {
    const query = readQuery(Query, request);
    const views = await listViews(deps.store);
    const view = viewOf(views, query.view);
    const shown = { show: query.show ?? tabOf(view), view };
    const found = await rowsOf(deps, shown);
    const rows = found.slice(0, MAX_ARTICLES);
    const isMore = found.length > MAX_ARTICLES;
    const ids = rows.map(({ sourceId }) => sourceId);
    const names: Names = {
      sources: await readSourceNames(deps.store, ids),
      topics: new Map(deps.topics.map(({ id, name }) => [id, name])),
    };
    const list =
      rows.length > 0 &&
      html`<div class="card inbox"><ol class="list-group list-group-flush">${rows.map((row) => item(row, names, deps.timezone))}</ol></div>`;
    const decision = may(request, "edit")
      ? await readLastDecision(deps.store, actorName(request), deps.now())
      : null;
    const keys = Object.values(VERBS).map(({ key, name }) => `${key}: ${name.toLowerCase()}`);
    const body = html`${decision && undoForm(request, decision, { ...shown, now: deps.now() })}<nav aria-label="States"><ul class="nav nav-pills">${TABS.map((tab) => link(tab, { ...shown, show: tab }, tab === shown.show))}</ul></nav>
${views.length > 0 && html`<nav aria-label="Views"><ul class="nav nav-pills">${[null, ...views].map((one) => link(one?.name ?? "everything", { show: one?.filter.state ? tabOf(one) : shown.show, view: one }, one === view))}</ul></nav>`}
${list && may(request, "edit") ? formOf(request, list, shown) : list}
${isMore && html`<p class="why">Only the latest ${MAX_ARTICLES} are shown.</p>`}
${rows.length === 0 && html`<section class="card card-body"><p class="text-secondary mb-0">${emptyText(shown)}</p></section>`}
<p class="why">Keys: j and k go down and up, x ticks, * ticks all, e edits, o opens the article, u undoes the last decision within a minute. Decisions about the ticked articles: ${keys.join(", ")}.</p>
<script type="module" src="${ASSETS["inbox.js"].path}"></script>`;
    return { json: { show: shown.show, articles: rows, decision }, html: body };
  },
  actions: [
    action("/admin/inbox", "edit", Form, async (form, deps, author) => {
      const { article: articleIds, verb, show, view } = form;
      const location = pathTo(show, view);
      if (verb !== "withdrawn" && verb !== "reinstated") {
        const word = { field: "state", say: verb } as const;
        return { location, done: await correctArticles(deps, { articleIds, word, ...author }) };
      }
      const act = verb === "withdrawn" ? retractByEditor : reinstate;
      const decidedAt = deps.now();
      const decide = (articleId: string) => act(deps.store, { articleId, ...author }, decidedAt);
      return { location, done: await doEach(articleIds, decide) };
    }),
    action("/admin/inbox/undo", "edit", UndoForm, async (form, deps, { actor }) => {
      const { at: decidedAt, show, view } = form;
      const undo = { at: decidedAt, actor, reason: "undone within a minute" };
      const { done, problems } = requireDone(await undoDecision(deps.store, undo, deps.now));
      return { location: pathTo(show, view), done: countDone(done, problems) };
    }),
  ],
};

function undoForm(
  request: FastifyRequest,
  { at: decidedAt, verdict, articleIds, undoUntil }: Decision,
  { show, view, now }: Shown & { now: Date },
): Html {
  const words = Object.hasOwn(VERBS, verdict) ? VERBS[verdict as keyof typeof VERBS].past : verdict;
  const count = articleIds.length === 1 ? "1 article" : `${articleIds.length} articles`;
  return html`<form method="post" action="/admin/inbox/undo" class="alert alert-info text-body undo" role="status" data-left="${undoUntil.getTime() - now.getTime()}">${formToken(request)}
<input type="hidden" name="at" value="${decidedAt.toISOString()}"><input type="hidden" name="show" value="${show}"><input type="hidden" name="view" value="${view?._id ?? ""}">
${count} ${words}. <button class="btn">Undo</button></form>`;
}

function emptyText({ show, view }: Shown): Html {
  const none =
    show === "published" ? "No article is" : `None of the latest ${MAX_INBOX_ARTICLES} articles is`;
  if (view) return html`${none} in this view and state.`;
  if (show !== "waiting") return html`${none} in this state.`;
  return html`No article waits for an editor. Articles are published automatically, unless a rule in
<code>config/editorial.yaml</code> keeps them for an editor.`;
}

type Names = Record<"sources" | "topics", ReadonlyMap<string, string>>;

function item(row: InboxArticle, names: Names, zone: string): Html {
  const { _id, prefix, title, teaser, sourceId, topics, sortAt, editorial, unlisted } = row;
  const state = editorial?.state ?? "published";
  return html`<li class="list-group-item py-2" data-article="${_id}"><label class="form-check"><input class="form-check-input" type="checkbox" name="article" value="${_id}">
<bdi>${prefix}${title}</bdi></label>
<p class="why my-1"><bdi>${teaser?.slice(0, 600)}</bdi></p>
<p class="mt-1">${names.sources.get(sourceId) ?? sourceId} · ${topics.map((id) => names.topics.get(id) ?? id).join(", ") || "no topic"} · ${at(zone, sortAt)} · ${state}: ${EDITORIAL_STATES[state]}${unlisted && unlisted.reason !== "waits for an editor" && html` · ${unlisted.reason}, ${unlisted.detail}`}
· <a class="edit" href="/admin/edit?article=${encodeURIComponent(_id)}">edit</a> · <a class="open" href="${articlePath(_id)}">article</a></p></li>\n`;
}

function link(name: string, { show, view }: Shown, isHere: boolean): Html {
  const here = isHere ? html` aria-current="page"` : "";
  return html`<li class="nav-item"><a class="nav-link${isHere && " active"}" href="${pathTo(show, view?._id)}"${here}><bdi>${name}</bdi></a></li>`;
}

function pathTo(show: Tab, view = ""): string {
  return `/admin/inbox?${new URLSearchParams({ show, ...(view !== "" && { view }) }).toString()}`;
}

function formOf(request: FastifyRequest, list: Html, { show, view }: Shown): Html {
  const choices = options(Object.entries(VERBS).map(([verb, { name }]) => [verb, name]));
  const fields = html`<input type="hidden" name="show" value="${show}"><input type="hidden" name="view" value="${view?._id ?? ""}">
<label class="form-label">With ticked articles <select class="form-select" name="verb">${choices}</select></label>`;
  const buttons = html`<button class="btn btn-primary">Do it</button>`;
  const why = "looked through";
  return tickedForm(request, { action: "/admin/inbox", list, fields, why, buttons });
}

function viewOf(views: readonly View[], id: string | undefined): View | null {
  if (id === undefined) return null;
  const view = views.find(({ _id }) => _id === id);
  if (view) return view;
  throw new ProblemError(404, "unknown-view", `There is no view "${id}".`);
}

async function rowsOf({ store, now }: AdminDeps, { show, view }: Shown): Promise<InboxArticle[]> {
  const range = { now: now(), limit: MAX_ARTICLES + 1 };
  if (show === "published") {
    const filter = view ? { where: view.filter } : {};
    return (await readListing(store, filter, range)).articles;
  }
  const what = show === "withdrawn" ? "withdrawn" : "waiting";
  const isWanted = (article: InboxArticle) =>
    (show === "waiting" || stateOf(article) === show) && (!view || isIn(view, article));
  return readInbox(store, what, { ...range, isWanted });
}

function isIn({ filter }: View, article: InboxArticle): boolean {
  const state = stateOf(article);
  const wanted = !filter.state || (state !== null && filter.state.includes(state));
  return wanted && matchesFields(filter, toVisible(article));
}

function tabOf(view: View | null): Tab {
  const [only, ...others] = view?.filter.state ?? [];
  return only && others.length === 0 ? only : "waiting";
}
