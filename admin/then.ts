import type { FastifyPluginAsync } from "fastify";
import { z } from "zod";
import { type Html, html } from "../lib/html.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";
import type { PortalThen, ThenItem } from "./then-deps.ts";
import { at } from "./words.ts";

/** A date-time of a form has no zone: it is UTC. */
const time = z
  .string()
  .max(40)
  .transform((text) => new Date(/T[\d:.]+$/.test(text) ? `${text}Z` : text))
  .refine((date) => !Number.isNaN(date.getTime()), "write a date or date-time")
  .optional();
const empty = (value: unknown) => (value === "" ? undefined : value);
const Query = z.object({ at: z.preprocess(empty, time), until: z.preprocess(empty, time) });

/** `/admin/then`: the portal's list as it was at a time, and what became of each article since. */
export function thenPage({ timezone, now, shownAt }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    if (!shownAt) return;
    app.get("/admin/then", { schema: { hide: true } }, async (request, reply) => {
      const { at: asked, until } = Query.parse(request.query);
      const when = asked ?? now();
      const shown = await shownAt(when, until ?? when);
      return sendEither(request, reply, { at: when, ...shown }, () => {
        const value = when.toISOString().slice(0, 16);
        const body = html`<h1>The portal then</h1>
<form class="filter" method="get"><label>Time (UTC) <input type="datetime-local" name="at" value="${value}" required></label> <button>Show</button></form>
${listOf(shown, when, timezone)}`;
        return frame("The portal then", body, request);
      });
    });
  };
}

function listOf({ keptFrom, items, next }: PortalThen, when: Date, zone: string): Html {
  if (keptFrom && when < keptFrom) {
    return html`<p class="alarm" role="alert">Changes are kept from ${at(zone, keptFrom)} on: what was shown before that is no longer known (<code>NEWSGATHER_KEEP_CHANGES</code>).</p>`;
  }
  const older =
    next &&
    html`<p><a href="?at=${when.toISOString()}&amp;until=${next.toISOString()}">Older</a></p>`;
  return html`<p class="alarm" role="status">This is what readers were shown at ${at(zone, when)}, not what they are shown today. Erased articles are left out; pinned ones stand by their date.</p>
${section(
  "Listed then",
  ["Dated", "Article", "Source", "Place", "Topics", "Today"],
  items.map((one) => row(one, zone)),
  html`Nothing was listed then.`,
)}${older}`;
}

function row({ item, sure, today }: ThenItem, zone: string): Html {
  const { id, title, prefix, teaser, sourceId, country, region, topics } = item;
  const place = [country, region].filter(Boolean).join(", ");
  const words = sure ? null : html` <em>(in today's words)</em>`;
  return html`<tr><td>${at(zone, item.sortAt)}</td><td class="why"><bdi>${prefix}${title}</bdi>${words}${teaser && html`<div><bdi>${teaser}</bdi></div>`}</td>
<td>${sourceId}</td><td>${place}</td><td>${topics.join(", ")}</td><td>${stands(item.version, today)}
<a href="/admin/revisions?id=${id}">revisions</a> <a href="/admin/provenance?article=${id}">provenance</a></td></tr>\n`;
}

function stands(
  version: number,
  { status, duplicateOf, version: latest }: ThenItem["today"],
): string {
  if (status !== "published") return `${status};`;
  if (duplicateOf) return "a copy;";
  return latest === version ? "the same;" : "changed since;";
}
