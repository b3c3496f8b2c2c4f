import { html } from "../../../lib/html.ts";
import type { AdminPage } from "../page.ts";
import { section } from "../tables.ts";

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
