import { z } from "zod";
import { type Html, html } from "../../../lib/html.ts";
import { type Recall } from "../../../model/sources/recall.ts";
import { sourceNames } from "../../../store/sources/directory.ts";
import { getRecall, listRecalls } from "../../../store/sources/recalls.ts";
import { may } from "../../auth/actor.ts";
import { actionForm, Reason, sourceOptions } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { reasonText } from "../states.ts";
import { at, externalLink, pageOf, pager, section } from "../tables.ts";

const Query = z.object({
  source: z.string().max(63).optional(),
  page: z.coerce.number().int().min(1).catch(1),
});
const Form = z.object({ id: z.string().min(1).max(63), reason: Reason });

/** `/admin/recall`: how many of each source's articles are stored, and which were missed. */
export const recallPage: AdminPage = {
  path: "/admin/recall",
  title: "Recall",
  section: "Sources",
  tab: "Coverage",
  commands: ["newsgather recall ID"],
  async show(request, { store, timezone }) {
    const { source, page } = readQuery(Query, request);
    const [one, all, sources] = await Promise.all([
      source ? getRecall(store, source) : null,
      listRecalls(store),
      sourceNames(store),
    ]);
    const body = () => {
      const fields = html`<label class="form-label">Source <select class="form-select" name="id">${sourceOptions(sources, source)}</select></label>`;
      const form = { action: "/admin/recall", button: "Ask its site now", fields };
      const mayAsk = may(request, "operate") && sources.length > 0;
      const worst = all.toSorted((a, b) => shareOf(a) - shareOf(b));
      const rows = pageOf(worst, page).map((recall) => row(recall, timezone));
      const none = html`Nothing measured yet: <code>newsgather recall ID</code> asks a source's site.`;
      return html`<p>What a site's feeds, sitemaps and lists name, against what is stored.</p>
${one && detail(one, timezone)}
${section("Sources", ["Source", "Recall", "Stored", "Published", "Days", "When"], rows, none)}
${pager(all.length, page, (n) => `/admin/recall?page=${n}`)}
${mayAsk && html`<section class="card card-body"><h2 class="card-title">Measure</h2>${actionForm(request, form)}</section>`}`;
    };
    return { json: one ?? { recalls: all }, html: body };
  },
  actions: [
    action({
      path: "/admin/recall",
      right: "operate",
      form: Form,
      async run({ id }, { sites }, author) {
        const done = await sites.measureRecall(id, author);
        return { location: `/admin/recall?source=${encodeURIComponent(id)}`, done };
      },
    }),
  ],
};

type Counts = Pick<Recall, "stored" | "published">;

function shareOf({ stored, published }: Counts): number {
  return published === 0 ? 1 : stored / published;
}

function shareShown(counts: Counts): string {
  return counts.published === 0 ? "–" : `${(100 * shareOf(counts)).toFixed(1)} %`;
}

function row(recall: Omit<Recall, "missed">, zone: string): Html {
  const { _id, stored, published, days, at: when } = recall;
  return html`<tr><td><a href="/admin/recall?source=${encodeURIComponent(_id)}">${_id}</a></td><td class="n">${shareShown(recall)}</td>
<td class="n">${stored}</td><td class="n">${published}</td><td class="n">${days}</td><td>${at(zone, when)}</td></tr>\n`;
}

function detail(recall: Recall, zone: string): Html {
  const { _id, days, stored, published, left, channels, missed } = recall;
  const reasons = Object.entries(left).map(
    ([reason, n]) => html`<li>${n} ${reasonText(reason)}</li>`,
  );
  return html`<section class="card card-body"><h2 class="card-title">${_id}: ${shareShown(recall)}</h2><p>${stored} of ${published} articles of ${days} days are stored.</p>
${reasons.length > 0 && html`<p>Left out on purpose:</p><ul>${reasons}</ul>`}</section>
${section(
  "Where they are named",
  ["Kind", "Address", "Entry point", "Listed", "Stored"],
  channels.map(
    ({ kind, url, watched, listed, stored: have }) =>
      html`<tr><td>${kind}</td><td class="url">${url}</td><td>${watched ? "yes" : "no"}</td><td class="n">${listed}</td><td class="n">${have}</td></tr>\n`,
  ),
  html`Nowhere: its site could not be read.`,
)}
${section(
  `Missed (${missed.length})`,
  ["Article", "Published", "Why"],
  missed.map(
    ({ url, title, publishedAt, why }) =>
      html`<tr><td class="url">${externalLink(url, html`<bdi>${title ?? url}</bdi>`)}</td><td>${at(zone, publishedAt)}</td><td class="why">${why}</td></tr>\n`,
  ),
  html`Nothing.`,
)}`;
}
