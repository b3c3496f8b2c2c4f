import { z } from "zod";
import { html } from "../../../lib/text.ts";
import { readAudit } from "../../../store/operations/audit.ts";
import { soon } from "../../../store/queries.ts";
import { type AdminPage, readQuery } from "../page.ts";
import { at, Before, older, PAGE_SIZE, section } from "../tables.ts";

const Query = z.object({ before: Before });

export const auditPage: AdminPage = {
  path: "/admin/audit",
  title: "Audit log",
  section: "System",
  tab: "Audit",
  right: "admin",
  commands: ["newsgather audit"],
  async show(request, { store, timezone, now }) {
    const { before } = readQuery(Query, request);
    const range = { before: before ?? soon(now()), limit: PAGE_SIZE };
    const entries = await readAudit(store, range);
    const times = entries.map((entry) => entry.at);
    const more = older("/admin/audit", times);
    const table = section(
      "Audit log",
      ["When", "Who", "What", "To what", "Detail", "Why"],
      entries.map(
        (entry) =>
          html`<tr><td>${at(timezone, entry.at)}</td><td>${entry.actor}</td><td>${entry.action}</td>
<td class="url">${entry.subject}</td><td class="why">${entry.detail}</td><td class="why">${entry.reason}</td></tr>\n`,
      ),
      html`Nothing was done yet.`,
      (before || more) && {},
    );
    return { json: { entries }, html: html`${table}${more}` };
  },
};
