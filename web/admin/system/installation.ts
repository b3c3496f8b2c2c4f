import { html } from "../../../lib/text.ts";
import type { AdminPage } from "../page.ts";
import { section } from "../tables.ts";

/** `/admin/settings`: the current settings without secrets, and the origin of each value. */
export const settingsPage: AdminPage = {
  path: "/admin/settings",
  title: "Settings",
  section: "System",
  right: "admin",
  commands: ["newsgather doctor"],
  async show(_, { installation }) {
    const settings = await installation.settings();
    const rows = settings.map(
      ({ name, value, from, about }) =>
        html`<tr id="${name}"><th scope="row"><code>${name}</code></th><td class="url">${value === null ? "–" : html`<code>${value}</code>`}</td>
<td><span class="status ${from === "default" ? "status-secondary" : "status-green"}">${from}</span></td><td class="why">${about}</td></tr>\n`,
    );
    const body = html`${section("Settings", ["Setting", "Value", "From", "What it is for"], rows, html`None.`)}`;
    const lead = html`The settings with which this process was started. Change them in <code>.env</code> or the environment, then restart; secrets are never shown.`;
    return { json: { settings }, html: body, lead };
  },
};

export const aboutPage: AdminPage = {
  path: "/admin/about",
  title: "About",
  section: "System",
  commands: ["newsgather --version", "newsgather doctor"],
  async show(_, { installation }) {
    const about = await installation.about();
    const rows = Object.entries(about.versions).map(
      ([what, value]) => html`<tr><th scope="row">${what}</th><td>${value}</td></tr>\n`,
    );
    const body = html`${section("Versions", ["What", "Version"], rows, html`None.`)}
<section class="card card-body"><h2 class="card-title">Licence</h2><p>Newsgather is free software under the ${about.licence} licence.</p></section>
<section class="card card-body"><h2 class="card-title">Attribution</h2><pre class="scroll" tabindex="0" role="region" aria-label="Attribution">${about.attribution}</pre></section>`;
    return { json: about, html: body };
  },
};
