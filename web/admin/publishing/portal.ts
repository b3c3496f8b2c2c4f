import { html } from "../../../lib/text.ts";
import { DAY_MS, dayIn } from "../../../lib/time.ts";
import { getDays } from "../../../store/publish/counters.ts";
import { may } from "../../auth/access.ts";
import { icon } from "../icons.ts";
import type { AdminPage } from "../page.ts";
import { section } from "../tables.ts";

const SHOWN_DAYS = 14;

/** `/admin/portal`: counts of the last 14 days, and the settings that change the portal. */
export const portalPage: AdminPage = {
  path: "/admin/portal",
  title: "Portal",
  section: "Publishing",
  async show(request, { store, timezone, now }) {
    const ids = Array.from({ length: SHOWN_DAYS }, (_unused, n) =>
      dayIn(timezone, new Date(now().getTime() - n * DAY_MS)),
    );
    const day = await getDays(store, [...ids, "all"]);
    const days = ids.map((id) => {
      const { articles, bySource, byTopic } = day(id);
      const sources = Object.values(bySource).filter((count) => count > 0).length;
      const topics = Object.values(byTopic).filter((count) => count > 0).length;
      return { day: id, articles, sources, topics };
    });
    const rows = days.map(
      (one) =>
        html`<tr><td><a href="/day/${one.day}">${one.day}</a></td><td class="n">${one.articles}</td><td class="n">${one.sources}</td><td class="n">${one.topics}</td>
<td><a href="/digest/${one.day}">digest</a></td></tr>\n`,
    );
    const body = html`${section("The last days", ["Day", "Articles", "Sources", "Topics", "Digest"], rows, html`None.`)}
<section class="card card-body"><h2 class="card-title">Settings of the portal</h2>
<p>Title, logo, language, imprint, a style sheet of your own, time zone and hub are settings (<code>NEWSGATHER_PORTAL_TITLE</code>, <code>NEWSGATHER_PORTAL_LOGO</code>, <code>NEWSGATHER_PORTAL_LANGUAGE</code>, <code>NEWSGATHER_PORTAL_IMPRINT</code>, <code>NEWSGATHER_PORTAL_CSS</code>, <code>NEWSGATHER_TIMEZONE</code>, <code>NEWSGATHER_WEBSUB_HUB</code>)${may(request, "admin") && html`: <a href="/admin/settings">their current values</a>`}. Topics and their order come from <code>config/topics.yaml</code>.</p></section>`;
    return {
      json: { articles: day("all").articles, days },
      html: body,
      lead: `Articles: ${day("all").articles}`,
      buttons: html`<a class="btn btn-primary" href="/">${icon("external-link")}Open the portal</a>`,
    };
  },
};
