import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import { EDITORIAL_STATES } from "../../model/articles/editorial.ts";
import { ViewId } from "../../model/publish/view.ts";
import { listViews } from "../../store/publish/views.ts";
import { ASSETS } from "../assets.ts";
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
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { MOST, type Row, rowsOf, type Shown, TABS, type Tab, tabOf, viewOf } from "./inbox-rows.ts";
import { at } from "./words.ts";

/** What the inbox may load beside the admin's style: its own script. */
const SCRIPT_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** What the buttons say of articles, with the key of each. */
export const VERBS = {
  draft: { name: "Take in hand", key: "d" },
  approved: { name: "Approve", key: "a" },
  published: { name: "Publish", key: "p" },
  withdrawn: { name: "Withdraw", key: "w" },
  reinstated: { name: "Reinstate", key: "r" },
} as const;
const verbs = Object.keys(VERBS) as [keyof typeof VERBS, ...(keyof typeof VERBS)[]];

const Query = z.object({ show: z.enum(TABS).optional().catch(undefined), view: ViewId.optional() });
const Form = z.object({
  article: Several.pipe(z.array(z.string()).min(1, "tick an article").max(MOST)),
  verb: z.enum(verbs),
  reason: Reason,
  show: z.enum(TABS).default("waiting"),
  view: z.union([ViewId, z.literal("")]).default(""),
});

function emptyText({ show, view }: Shown): Html {
  if (view) return html`<p>No article of this view is in this state.</p>`;
  if (show !== "waiting") return html`<p>No article is in this state.</p>`;
  return html`<p>No article waits. Articles publish by themselves where no rule of
<code>config/editorial.yaml</code> keeps them for an editor.</p>`;
}

/** `/admin/inbox`: what waits for editors, quick by keyboard, several at once. */
export function inboxPage(deps: AdminDeps): FastifyPluginAsync {
  const { actions } = deps;
  return async (app) => {
    app.get("/admin/inbox", { schema: { hide: true } }, async (request, reply) => {
      const query = readQuery(Query, request);
      const views = await listViews(deps.store);
      const view = viewOf(views, query.view);
      const shown = { show: query.show ?? tabOf(view), view };
      const rows = await rowsOf(deps, shown);
      const list = html`<ol class="inbox">${rows.map((row) => item(row, deps.timezone))}</ol>`;
      const mayEdit = actions !== null && may(request, "edit") && rows.length > 0;
      const body = html`<nav aria-label="States"><ul class="tabs">${TABS.map((tab) => link(tab, { ...shown, show: tab }, tab === shown.show))}</ul></nav>
${views.length > 0 && html`<nav aria-label="Views"><ul class="tabs">${[null, ...views].map((one) => link(one?.name ?? "everything", { show: one?.filter.state ? tabOf(one) : shown.show, view: one }, one === view))}</ul></nav>`}
${mayEdit ? formOf(request, list, shown) : list}
${rows.length === 0 && emptyText(shown)}
<p class="why">Keys: j and k go down and up, x ticks, e edits, o opens the original; ${Object.values(
        VERBS,
      )
        .map(({ key, name }) => `${key} ${name.toLowerCase()}`)
        .join(", ")}.</p>
<script type="module" src="${ASSETS["inbox.js"].path}"></script>`;
      reply.header("content-security-policy", SCRIPT_POLICY);
      return sendEither(request, reply, { show: shown.show, articles: rows }, () =>
        frame("Inbox", body, request),
      );
    });

    if (!actions) return;
    app.post("/admin/inbox", { schema: { hide: true } }, async (request, reply) => {
      const { article, verb, reason, show, view } = readForm(Form, request);
      const asked = askedBy(request, reason);
      const done =
        verb === "withdrawn" || verb === "reinstated"
          ? await actions.withdraw(article, verb === "withdrawn", asked)
          : await actions.say(article, { field: "state", say: verb }, asked);
      return answerAction(request, reply, addressOf(show, view), done);
    });
  };
}

function item(row: Row, zone: string): Html {
  const { _id, prefix, title, teaser, sourceId, topics, sortAt, editorial, unlisted } = row;
  const state = editorial?.state ?? "published";
  return html`<li data-article="${_id}"><label><input type="checkbox" name="article" value="${_id}">
<bdi>${prefix}${title}</bdi></label>
<p class="why"><bdi>${teaser?.slice(0, 600)}</bdi></p>
<p>${sourceId} · ${topics.join(", ") || "no topic"} · ${at(zone, sortAt)} · ${state}: ${EDITORIAL_STATES[state]}${unlisted && html` · ${unlisted.reason}, ${unlisted.detail}`}
· <a class="edit" href="/admin/edit?article=${encodeURIComponent(_id)}">edit</a> · <a class="open" href="/article/${encodeURIComponent(_id)}">page</a></p></li>\n`;
}

function link(name: string, { show, view }: Shown, isHere: boolean): Html {
  const here = isHere ? html` aria-current="page"` : "";
  return html`<li><a href="${addressOf(show, view?._id)}"${here}><bdi>${name}</bdi></a></li>`;
}

function addressOf(show: Tab, view = ""): string {
  return `/admin/inbox?${new URLSearchParams({ show, ...(view !== "" && { view }) }).toString()}`;
}

function formOf(request: FastifyRequest, list: Html, { show, view }: Shown): Html {
  const options = Object.entries(VERBS).map(
    ([verb, { name }]) => html`<option value="${verb}">${name}</option>`,
  );
  const fields = html`<input type="hidden" name="show" value="${show}"><input type="hidden" name="view" value="${view?._id ?? ""}">${list}
<label>What <select name="verb">${options}</select></label>`;
  return actionForm(request, {
    action: "/admin/inbox",
    button: "Do it",
    fields,
    why: "looked through",
  });
}
