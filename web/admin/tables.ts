import { type Html, html, httpUrl, type Part } from "../../lib/html.ts";
import type { Overview } from "../../store/operations/overview.ts";
import { at, reasons, reasonText } from "./words.ts";

/** Recent runs with what came of their links. */
export function runsTable(
  { runs }: Overview,
  names: ReadonlyMap<string, string>,
  zone: string,
): Html {
  return section(
    "Recent runs",
    ["Source", "Started", "Ended", "Links", "New", "Updated", "Same", "Copies", "Left out"],
    runs.map(({ _id, sourceId, startedAt, finishedAt, open, trigger, counts, problems }) => {
      const ended = open ? html`<span class="state busy">open</span>` : at(zone, finishedAt);
      const how = trigger === "schedule" ? "" : ` (${trigger})`;
      return html`<tr><td><a href="/admin/source?id=${encodeURIComponent(sourceId)}"><bdi>${names.get(sourceId) ?? sourceId}</bdi></a>${how}</td>
<td><a href="/admin/run?id=${encodeURIComponent(_id)}">${at(zone, startedAt)}</a></td><td>${ended}</td>
${[counts.links, counts.stored, counts.updated, counts.unchanged, counts.duplicates].map((count) => html`<td class="n">${count}</td>`)}
<td class="why"><ul>
${reasons(counts).map(({ reason, count, dead }) => html`<li>${count} ${dead && "given up: "}${reasonText(reason)}</li>`)}
${counts.waiting > 0 && html`<li>${counts.waiting} waiting for a later try</li>`}
${problems.map((problem) => html`<li>${problem}</li>`)}</ul></td></tr>\n`;
    }),
    html`No run yet: the first one starts when a source is due, or with <code>newsgather run --all --once</code>.`,
  );
}

/** Hosts that are left alone while their breaker is open. */
export function hostsTable({ openHosts }: Overview, zone: string): Html {
  return section(
    "Hosts left alone for now",
    ["Host", "Until", "Failures in a row", "Why"],
    openHosts.map(
      (host) => html`<tr><td class="url">${host._id}</td><td>${at(zone, host.openUntil)}</td>
<td class="n">${host.failures}</td><td class="why">${host.openReason}</td></tr>\n`,
    ),
    html`None: every host is being visited.`,
  );
}

/** Links that were given up, with their cause. */
export function deadTable({ deadLinks }: Overview, zone: string): Html {
  return section(
    "Links given up",
    ["Address", "Source", "Tries", "When", "Cause", "To try again"],
    deadLinks.map(({ _id, url, sourceId, attempts, doneAt, reason, detail }) => {
      const safe = httpUrl(url);
      const link = safe
        ? html`<a href="${safe}" rel="external noopener noreferrer">${url}</a>`
        : url;
      return html`<tr><td class="url">${link}</td><td>${sourceId}</td><td class="n">${attempts}</td>
<td>${at(zone, doneAt)}</td><td class="why">${reason && reasonText(reason)}${detail && `: ${detail}`}</td>
<td class="why"><code>newsgather dead replay ${_id}</code></td></tr>\n`;
    }),
    html`None.`,
  );
}

/** Which columns hold numbers, as the first row says: their headings stand where their cells do. */
function columnsOfNumbers(row: Html | undefined): boolean[] {
  return [...(row?.markup ?? "").matchAll(/<t[dh]( class="n")?/g)].map(([, n]) => n !== undefined);
}

/** A table under its heading, or a sentence where there are no rows. */
export function section(title: string, heads: string[], rows: Html[], none: Part): Html {
  if (rows.length === 0) return html`<section><h2>${title}</h2><p>${none}</p></section>`;
  const numbers = columnsOfNumbers(rows[0]);
  return html`<section><h2>${title}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr>${heads.map((head, n) => html`<th scope="col"${numbers[n] && html` class="n"`}>${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
