import type { FastifyPluginAsync } from "fastify";
import { z } from "zod";
import { html, httpUrl } from "../../lib/html.ts";
import { deadLinks } from "../../store/crawl/links.ts";
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
import { Before, lastOfFull, older } from "./older.ts";
import { PAGE } from "./pages.ts";
import { section } from "./tables.ts";
import { at, reasonText } from "./words.ts";

const Query = z.object({ before: Before });
const Replay = z.object({
  id: Several.pipe(z.array(z.string().max(64)).min(1).max(PAGE)),
  reason: Reason,
});

/** `/admin/dead`: links that were given up, and the form that has them fetched again. */
export function deadPage({ store, timezone, now, actions }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/dead", { schema: { hide: true } }, async (request, reply) => {
      const { before } = readQuery(Query, request);
      const links = await deadLinks(store, now(), { ...(before && { before }), limit: PAGE });
      const more = older("/admin/dead", lastOfFull(links, PAGE)?.doneAt);
      const writes = actions !== null && may(request, "operate");
      const table = section(
        "Links given up",
        [...(writes ? ["Again"] : []), "Address", "Source", "Tries", "When", "Cause"],
        links.map(({ _id, url, sourceId, attempts, doneAt, reason, detail }) => {
          const safe = httpUrl(url);
          const link = safe
            ? html`<a href="${safe}" rel="external noopener noreferrer">${url}</a>`
            : url;
          const tick = html`<td><input type="checkbox" name="id" value="${_id}" aria-label="${url}"></td>`;
          return html`<tr>${writes && tick}<td class="url">${link}</td><td>${sourceId}</td><td class="n">${attempts}</td>
<td>${at(timezone, doneAt)}</td><td class="why">${reason && reasonText(reason)}${detail && `: ${detail}`}</td></tr>\n`;
        }),
        html`None: nothing was given up. <a href="/admin/why">Why</a> tells of any address where it is.`,
      );
      const form = { action: "/admin/dead/replay", button: "Fetch again", fields: table };
      const body = writes && links.length > 0 ? actionForm(request, form) : table;
      return sendEither(request, reply, { links }, () =>
        frame("Links given up", html`${body}${more}`, request),
      );
    });

    if (!actions) return;
    app.post("/admin/dead/replay", { schema: { hide: true } }, async (request, reply) => {
      const { id, reason } = readForm(Replay, request);
      const done = await actions.replay(id, askedBy(request, reason));
      return answerAction(request, reply, "/admin/dead", done);
    });
  };
}
