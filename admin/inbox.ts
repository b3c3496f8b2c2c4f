import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { may } from "../access/actor.ts";
import { type Html, html } from "../lib/html.ts";
import type { Article } from "../model/article.ts";
import { EDITORIAL_STATES } from "../model/editorial.ts";
import { readInbox } from "../store/inbox.ts";
import { readListing } from "../store/listing.ts";
import { actionForm, answerAction, askedBy, Reason, readForm, Several } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { INBOX_SCRIPT, SCRIPT_POLICY } from "./inbox-script.ts";
import { at } from "./words.ts";

/** Articles on the page. */
const MOST = 100;
const TABS = ["waiting", "new", "draft", "approved", "published", "withdrawn"] as const;
type Tab = (typeof TABS)[number];

/** What the buttons say of articles, with the key of each. */
export const VERBS = {
  draft: { name: "Take in hand", key: "d" },
  approved: { name: "Approve", key: "a" },
  published: { name: "Publish", key: "p" },
  withdrawn: { name: "Withdraw", key: "w" },
  reinstated: { name: "Reinstate", key: "r" },
} as const;
const verbs = Object.keys(VERBS) as [keyof typeof VERBS, ...(keyof typeof VERBS)[]];

const Query = z.object({ show: z.enum(TABS).catch("waiting") });
const Form = z.object({
  article: Several.pipe(z.array(z.string()).min(1, "tick an article").max(MOST)),
  verb: z.enum(verbs),
  reason: Reason,
  show: z.enum(TABS).default("waiting"),
});

type Row = Pick<
  Article,
  | "_id"
  | "prefix"
  | "title"
  | "teaser"
  | "sourceId"
  | "topics"
  | "sortAt"
  | "editorial"
  | "unlisted"
>;

function emptyText(show: Tab): Html {
  if (show !== "waiting") return html`<p>No article is in this state.</p>`;
  return html`<p>No article waits. Articles publish by themselves where no rule of
<code>config/editorial.yaml</code> keeps them for an editor.</p>`;
}

/** `/admin/inbox`: what waits for editors, quick by keyboard, several at once. */
export function inboxPage(deps: AdminDeps): FastifyPluginAsync {
  const { actions } = deps;
  return async (app) => {
    app.get("/admin/inbox.js", { schema: { hide: true } }, async (_, reply) =>
      reply
        .header("content-type", "text/javascript; charset=utf-8")
        .header("cache-control", "max-age=3600")
        .send(INBOX_SCRIPT),
    );
    app.get("/admin/inbox", { schema: { hide: true } }, async (request, reply) => {
      const { show } = Query.parse(request.query);
      const rows = await rowsOf(deps, show);
      const list = html`<ol class="inbox">${rows.map((row) => item(row, deps.timezone))}</ol>`;
      const mayEdit = actions !== null && may(request, "edit") && rows.length > 0;
      const body = html`<nav aria-label="States"><ul class="tabs">${TABS.map((tab) => link(tab, show))}</ul></nav>
${mayEdit ? formOf(request, list, show) : list}
${rows.length === 0 && emptyText(show)}
<p class="why">Keys: j and k go down and up, x ticks, e edits, o opens the original; ${Object.values(
        VERBS,
      )
        .map(({ key, name }) => `${key} ${name.toLowerCase()}`)
        .join(", ")}.</p>
<script src="/admin/inbox.js" defer></script>`;
      reply.header("content-security-policy", SCRIPT_POLICY);
      return sendEither(request, reply, { show, articles: rows }, () =>
        frame("Inbox", body, request),
      );
    });

    if (!actions) return;
    app.post("/admin/inbox", { schema: { hide: true } }, async (request, reply) => {
      const { article, verb, reason, show } = readForm(Form, request);
      const asked = askedBy(request, reason);
      const done =
        verb === "withdrawn" || verb === "reinstated"
          ? await actions.withdraw(article, verb === "withdrawn", asked)
          : await actions.say(article, { field: "state", say: verb }, asked);
      return answerAction(request, reply, `/admin/inbox?show=${show}`, done);
    });
  };
}

async function rowsOf({ store, now }: AdminDeps, show: Tab): Promise<readonly Row[]> {
  const asked = { now: now(), limit: MOST };
  if (show === "published") return (await readListing(store, {}, asked)).articles;
  if (show === "withdrawn") {
    const found = await readInbox(store, "withdrawn", asked);
    return found.filter(({ retraction }) => retraction?.by === "editor");
  }
  const waiting = await readInbox(store, "waiting", asked);
  return show === "waiting"
    ? waiting
    : waiting.filter(({ editorial }) => editorial?.state === show);
}

function item(row: Row, zone: string): Html {
  const { _id, prefix, title, teaser, sourceId, topics, sortAt, editorial, unlisted } = row;
  const state = editorial?.state ?? "published";
  return html`<li data-article="${_id}"><label><input type="checkbox" name="article" value="${_id}">
<bdi>${prefix}${title}</bdi></label>
<p class="why"><bdi>${teaser?.slice(0, 280)}</bdi></p>
<p>${sourceId} · ${topics.join(", ") || "no topic"} · ${at(zone, sortAt)} · ${state}: ${EDITORIAL_STATES[state]}${unlisted && html` · ${unlisted.reason}, ${unlisted.detail}`}
· <a class="edit" href="/admin/edit?article=${encodeURIComponent(_id)}">edit</a> · <a class="open" href="/article/${encodeURIComponent(_id)}">page</a></p></li>\n`;
}

function link(tab: Tab, show: Tab): Html {
  const here = tab === show ? html` aria-current="page"` : "";
  return html`<li><a href="/admin/inbox?show=${tab}"${here}>${tab}</a></li>`;
}

function formOf(request: FastifyRequest, list: Html, show: Tab): Html {
  const options = Object.entries(VERBS).map(
    ([verb, { name }]) => html`<option value="${verb}">${name}</option>`,
  );
  const fields = html`<input type="hidden" name="show" value="${show}">${list}
<label>What <select name="verb">${options}</select></label>`;
  return actionForm(request, {
    action: "/admin/inbox",
    button: "Do it",
    fields,
    why: "looked through",
  });
}
