import type { FastifyPluginAsync } from "fastify";
import { z } from "zod";
import { html } from "../../lib/html.ts";
import { readAudit } from "../../store/operations/audit.ts";
import { soon } from "../../store/queries.ts";
import { readQuery } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { Before, lastOfFull, older } from "./older.ts";
import { section } from "./tables.ts";
import { at } from "./words.ts";

/** Lines on one page. */
const LINES = 100;

const Query = z.object({ before: Before });

/** `/admin/audit`: who did what, when and why. */
export function auditPage({ store, timezone, now }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/audit", { schema: { hide: true } }, async (request, reply) => {
      const { before } = readQuery(Query, request);
      const entries = await readAudit(store, { before: before ?? soon(now()), limit: LINES });
      const table = section(
        "Audit log",
        ["When", "Who", "What", "To what", "Detail", "Why"],
        entries.map(
          (
            entry,
          ) => html`<tr><td>${at(timezone, entry.at)}</td><td>${entry.by}</td><td>${entry.action}</td>
<td class="url">${entry.subject}</td><td class="why">${entry.detail}</td><td class="why">${entry.reason}</td></tr>\n`,
        ),
        html`Nothing was done yet.`,
      );
      const more = older("/admin/audit", lastOfFull(entries, LINES)?.at);
      return sendEither(request, reply, { entries }, () =>
        frame("Audit log", html`${table}${more}`, request),
      );
    });
  };
}
