import { z } from "zod";
import { html } from "../../../lib/text.ts";
import { DAY_MS } from "../../../lib/time.ts";
import { replay } from "../../../sources/operations.ts";
import { deadLinks, getLink } from "../../../store/crawl/links.ts";
import { may } from "../../auth/access.ts";
import { actionForm, Reason, Several } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { reasonText } from "../states.ts";
import { at, Before, externalLink, older, PAGE_SIZE, section } from "../tables.ts";

const Query = z.object({ before: Before });
const Replay = z.object({
  id: Several.pipe(z.array(z.string().max(64)).min(1).max(PAGE_SIZE)),
  reason: Reason,
});

export const deadLettersPage: AdminPage = {
  path: "/admin/dead-letters",
  title: "Dead letters",
  section: "System",
  async countAttention({ store, now }) {
    const links = await deadLinks(store, now(), { limit: PAGE_SIZE });
    const since = now().getTime() - DAY_MS;
    return links.filter(({ doneAt }) => (doneAt?.getTime() ?? 0) >= since).length;
  },
  commands: ["newsgather dead-letters list", "newsgather dead-letters replay ID"],
  async show(request, { store, timezone, now }) {
    const { before } = readQuery(Query, request);
    const links = await deadLinks(store, now(), { ...(before && { before }), limit: PAGE_SIZE });
    const times = links.map(({ doneAt }) => doneAt);
    const more = older("/admin/dead-letters", times);
    const writes = may(request, "operate");
    const table = section(
      "Links that were given up",
      [...(writes ? ["Again"] : []), "Address", "Source", "Tries", "When", "Cause"],
      links.map(({ _id, url, sourceId, attempts, doneAt, reason, detail }) => {
        const tick = html`<td><input class="form-check-input" type="checkbox" name="id" value="${_id}" aria-label="${url}"></td>`;
        return html`<tr>${writes && tick}<td class="url">${externalLink(url)}</td><td>${sourceId}</td><td class="n">${attempts}</td>
<td>${at(timezone, doneAt)}</td><td class="why">${reason && reasonText(reason)}${detail && `: ${detail}`}</td></tr>\n`;
      }),
      html`None. To see what happened to a URL, <a href="/admin/why">ask why</a>.`,
      (before || more) && {},
    );
    const form = { action: "/admin/dead-letters/replay", button: "Fetch again", fields: table };
    const body = writes && links.length > 0 ? actionForm(request, form) : table;
    return { json: { links }, html: html`${body}${more}` };
  },
  actions: [
    action("/admin/dead-letters/replay", "operate", Replay, async ({ id: ids }, deps, author) => {
      const links = await Promise.all(ids.map((id) => getLink(deps.store, id)));
      const letters = links.flatMap((link) => link ?? []);
      const request = { ...author, subject: ids.join(" ") };
      return (await replay(deps, letters, request)).summary;
    }),
  ],
};
