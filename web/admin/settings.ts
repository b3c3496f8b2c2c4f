import type { FastifyPluginAsync } from "fastify";
import { html } from "../../lib/html.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";

/** `/admin/settings`: what holds, without secrets, and where each value came from. */
export function settingsPage({ installation }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    if (!installation) return;
    app.get("/admin/settings", { schema: { hide: true } }, async (request, reply) => {
      const told = await installation.settings();
      return sendEither(request, reply, told, () => {
        const { settings } = told;
        const rows = settings.map(
          ({ name, value, from, about }) =>
            html`<tr><th scope="row"><code>${name}</code></th><td class="url">${value === null ? "–" : html`<code>${value}</code>`}</td>
<td><span class="state ${from === "default" ? "idle" : "fine"}">${from}</span></td><td class="why">${about}</td></tr>\n`,
        );
        const body = html`<h1>Settings</h1><p>What this process was started with. Change them in <code>.env</code> or the environment, then start again; secrets are never shown.</p>
${section("In effect", ["Setting", "Value", "From", "What it is for"], rows, html`None.`)}`;
        return frame("Settings", body, request);
      });
    });
  };
}
