import { z } from "zod";
import {
  type AsOfItem,
  type PortalAsOf,
  type PortalPage,
  readPortalAsOf,
} from "../../../archive/as-of.ts";
import { listingCursor, readListingCursor } from "../../../articles/stream/cursor.ts";
import { type Html, html, shorten } from "../../../lib/text.ts";
import { checked } from "../../../model/problem.ts";
import { Filter } from "../../../model/publish/filter.ts";
import { Day, FormMoment } from "../../../model/request-times.ts";
import { readSourceNames } from "../../../store/sources/sources.ts";
import { unlessEmpty } from "../forms.ts";
import { type AdminPage, readQuery } from "../page.ts";
import { articlePath, at, section, sourceLink } from "../tables.ts";

const PARTS = {
  topic: "Topic",
  country: "Country",
  region: "Region",
  city: "City",
  source: "Source",
  language: "Language",
} as const;
const part = unlessEmpty(
  z
    .string()
    .transform((value) => [value])
    .optional(),
);
const Query = z.object({
  at: unlessEmpty(FormMoment.optional()),
  after: unlessEmpty(z.string().max(400).transform(readListingCursor).optional()),
  day: unlessEmpty(Day.optional()),
  topic: part,
  country: part,
  region: part,
  city: part,
  source: part,
  language: part,
});

export const asOfPage: AdminPage = {
  path: "/admin/as-of",
  title: "The portal at a past time",
  section: "Archive",
  tab: "As of",
  commands: ["newsgather export --as-of TIME -o FILE"],
  async show(request, { store, timezone, now }) {
    const { at: time = now(), after = null, day, ...parts } = readQuery(Query, request);
    const present = Object.entries(parts).filter(([, value]) => value !== undefined);
    const page = { day, where: checked(Filter, Object.fromEntries(present)) };
    const shown = await readPortalAsOf(store, { time, after, page });
    const next = shown.next && listingCursor(shown.next);
    const names = await readSourceNames(
      store,
      shown.items.map(({ item }) => item.sourceId),
    );
    const form =
      () => html`<form class="filter" method="get"><label class="form-label">Time (UTC) <input class="form-control" type="datetime-local" name="at" value="${time.toISOString().slice(0, 16)}" required></label>
<label class="form-label">Day <input class="form-control" type="date" name="day" value="${page.day}"></label>
${Object.entries(PARTS).map(([name, label]) => html`<label class="form-label">${label} <input class="form-control" name="${name}" size="8" value="${page.where[name as keyof typeof PARTS]}"></label> `)}<button class="btn btn-primary">Show</button></form>
${listOf(shown, { when: time, page, names, next }, timezone)}`;
    return { json: { at: time, ...shown, next }, html: form };
  },
};

function listOf(
  { knownSince, items }: PortalAsOf,
  list: { when: Date; page: PortalPage; names: ReadonlyMap<string, string>; next: string | null },
  zone: string,
): Html {
  const { when, page, names, next } = list;
  if (knownSince && when < knownSince) {
    return html`<p class="alert alert-danger" role="alert">Changes are stored from ${at(zone, knownSince)} on. What was shown before is no longer known (<code>NEWSGATHER_KEEP_CHANGES</code>).</p>`;
  }
  const { day, where } = page;
  const parts = Object.entries(where).map(([name, value]) => [name, String(value)]);
  const same = { ...(day && { day }), ...(Object.fromEntries(parts) as Record<string, string>) };
  const start = { at: when.toISOString(), ...(next && { after: next }) };
  const address = new URLSearchParams({ ...start, ...same }).toString();
  const older = next && html`<p><a href="?${address}">Older</a></p>`;
  return html`<p class="alert alert-warning" role="status">This is what readers were shown at ${at(zone, when)}, not what they are shown today. Erased articles are missing; pinned articles are sorted by their date.</p>
${section(
  "Listed then",
  ["Dated", "Article", "Source", "Place", "Topics", "Today"],
  items.map(({ item, sure, today }) => {
    const { id, title, prefix, teaser, sourceId, country, region, topics } = item;
    const place = [country, region].filter(Boolean).join(", ");
    const words = sure ? null : html` <em>(with today's wording)</em>`;
    return html`<tr><td>${at(zone, item.sortAt)}</td><td><a href="${articlePath(id)}"><bdi>${prefix}${title}</bdi></a>${words}${teaser && html`<div class="why"><bdi>${shorten(teaser, MAX_TEASER_CHARS)}</bdi></div>`}</td>
<td>${sourceLink(sourceId, names.get(sourceId))}</td><td>${place}</td><td>${topics.join(", ")}</td><td>${changeSince(item.version, today)}
<a href="/admin/revisions?article=${id}">revisions</a> <a href="/admin/provenance?article=${id}">provenance</a></td></tr>\n`;
  }),
  html`Nothing was listed then.`,
)}${older}`;
}

const MAX_TEASER_CHARS = 200;

function changeSince(
  version: number,
  { status, duplicateOf, version: latest }: AsOfItem["today"],
): string {
  if (status !== "published") return `${status};`;
  if (duplicateOf) return "a copy;";
  return latest === version ? "the same;" : "changed since;";
}
