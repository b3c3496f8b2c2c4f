import type { FastifyPluginAsync } from "fastify";
import { z } from "zod";
import { html, httpUrl } from "../../lib/html.ts";
import type { Why } from "../../model/operations/why.ts";
import { readQuery } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";

const Query = z.object({ url: z.string().trim().max(4096).default("") });

/** `/admin/why`: takes an address and tells why it is on the portal or not, and what to do. */
export function whyPage({ why }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/why", { schema: { hide: true } }, async (request, reply) => {
      const { url } = readQuery(Query, request);
      const told = url === "" || !why ? null : await why(url);
      const form = html`<h1>Why isn't this on the portal?</h1>
<form method="get" action="/admin/why"><label>Address <input name="url" type="url" required value="${url}" size="70"></label>
<button>Tell</button></form>`;
      const page = () => frame("Why", html`${form}${told && answerOf(told)}`, request);
      return sendEither(request, reply, told ?? { url }, page);
    });
  };
}

function answerOf({ url, listed, answer, todo, facts, articleId, sourceId }: Why) {
  const safe = httpUrl(url);
  const shown = safe ? html`<a href="${safe}" rel="external noopener noreferrer">${url}</a>` : url;
  const rows = facts.map(
    ({ name, value }) =>
      html`<tr><th scope="row">${name}</th><td class="url"><bdi>${value}</bdi></td></tr>\n`,
  );
  return html`<section><h2>${shown}</h2>
<p><span class="state ${listed ? "fine" : "bad"}">${listed ? "Yes" : "No"}</span>: ${answer}</p>
${todo && html`<p>To do: <code>${todo}</code></p>`}
${articleId && html`<p><a href="/article/${encodeURIComponent(articleId)}">The article</a>, <a href="/admin/revisions?article=${encodeURIComponent(articleId)}">its revisions</a></p>`}
${sourceId && html`<p><a href="/admin/source?id=${encodeURIComponent(sourceId)}">Its source</a></p>`}
</section>${section("What is known of it", ["What", "Value"], rows, html`Nothing: it was never found.`)}`;
}
