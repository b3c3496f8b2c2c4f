import { z } from "zod";
import { PRODUCT } from "../../../config/env.ts";
import { type Html, html } from "../../../lib/text.ts";
import { type Why, whyOf } from "../../../sources/why.ts";
import { type AdminPage, readQuery } from "../page.ts";
import { externalLink, section, withTimes } from "../tables.ts";

const Query = z.object({ url: z.string().trim().max(4096).default("") });

export const whyPage: AdminPage = {
  path: "/admin/why",
  title: "Why isn't this on the portal?",
  section: "Content",
  under: "/admin/articles",
  commands: ["newsgather why URL"],
  async show(request, { store, now, timezone }) {
    const { url } = readQuery(Query, request);
    const why = url === "" ? null : await whyOf({ store, product: PRODUCT, now }, url);
    const form = html`<form method="get" action="/admin/why" class="filter"><label class="form-label">URL <input class="form-control" name="url" type="url" required value="${url}" size="70"></label>
<button class="btn btn-primary">Show</button></form>`;
    return { json: why ?? { url }, html: () => html`${form}${why && answerOf(why, timezone)}` };
  },
};

function answerOf(
  { url, listed, answer, todo, facts, articleId, sourceId }: Why,
  zone: string,
): Html {
  const rows = facts.map(
    ({ name, value }) =>
      html`<tr><th scope="row">${name}</th><td class="url"><bdi>${withTimes(zone, value)}</bdi></td></tr>\n`,
  );
  const [, site] = /^newsgather discover (https?:\S+)$/.exec(todo ?? "") ?? [];
  return html`<section class="card card-body"><h2 class="card-title">${externalLink(url)}</h2>
<p><span class="status ${listed ? "status-green" : "status-red"}">${listed ? "Yes" : "No"}</span>: ${withTimes(zone, answer)}</p>
${todo && html`<p>To do: <code>${todo}</code></p>`}${site && html`<p><a class="btn btn-primary" href="/admin/add?home=${encodeURIComponent(site)}">Add this site as a source</a></p>`}
${articleId && html`<p><a href="/admin/article?article=${encodeURIComponent(articleId)}">The article, and what happened to it</a></p>`}
${sourceId && html`<p><a href="/admin/source?id=${encodeURIComponent(sourceId)}">The source</a></p>`}
</section>${section("What is known about this URL", ["What", "Value"], rows, html`Nothing: this URL was never found.`)}`;
}
