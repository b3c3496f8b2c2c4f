import { z } from "zod";
import { html } from "../../../lib/text.ts";
import { dayIn } from "../../../lib/time.ts";
import { Day } from "../../../model/request-times.ts";
import { readFollowed } from "../../../store/publish/clicks.ts";
import { type AdminPage, readQuery } from "../page.ts";
import { section } from "../tables.ts";

const MAX_ARTICLES = 100;
const Query = z.object({ day: Day.optional().catch(undefined) });

export const clicksPage: AdminPage = {
  path: "/admin/clicks",
  title: "Clicks",
  section: "Publishing",
  async show(request, { store, timezone, now }) {
    const today = dayIn(timezone, now());
    const { day = today } = readQuery(Query, request);
    const { total, articles } = await readFollowed(store, day, MAX_ARTICLES);
    const rows = articles.map(
      ({ _id, title, sourceId, count }) =>
        html`<tr><td class="n">${count}</td><td><a href="/article/${encodeURIComponent(_id)}"><bdi>${title}</bdi></a></td><td>${sourceId}</td></tr>\n`,
    );
    const body = html`<form method="get"><label class="form-label">Day <input class="form-control" type="date" name="day" value="${day}" max="${today}"></label> <button class="btn btn-primary">Show</button></form>
<p>Clicks on ${day} (${timezone}): ${total}. Only clicks in a browser on a page of the portal count, without bots, prefetching and links from elsewhere. Nothing about who clicked is stored.</p>
${section("Most clicked", ["Clicks", "Article", "Source"], rows, html`None on this day.`)}`;
    return { json: { day, total, articles }, html: body };
  },
};
