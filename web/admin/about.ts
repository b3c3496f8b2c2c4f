import type { FastifyPluginAsync } from "fastify";
import { html } from "../../lib/html.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";

/** `/admin/about`: versions, the store's schema, the licence, and whom the places are owed to. */
export function aboutPage({ installation }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    if (!installation) return;
    app.get("/admin/about", { schema: { hide: true } }, async (request, reply) => {
      const told = await installation.about();
      return sendEither(request, reply, told, () => {
        const rows = Object.entries(told.versions).map(
          ([what, value]) => html`<tr><th scope="row">${what}</th><td>${value}</td></tr>\n`,
        );
        const body = html`<h1>About</h1>${section("Versions", ["What", "Version"], rows, html`None.`)}
<section><h2>Licence</h2><p>Newsgather is free software under the ${told.licence} licence.</p></section>
<section><h2>Places</h2><pre class="scroll" tabindex="0" role="region" aria-label="Attribution">${told.attribution}</pre></section>`;
        return frame("About", body, request);
      });
    });
  };
}
