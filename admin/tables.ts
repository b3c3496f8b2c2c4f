import { type Html, html, httpUrl, type Part } from "../lib/html.ts";
import { type Health, healthOf } from "../model/health.ts";
import type { Fill } from "../model/quality.ts";
import type { Overview } from "../store/overview.ts";
import { at, percent, reasons, reasonText, stateOf } from "./words.ts";

/** The worst first. */
const SEVERITY: Health["state"][] = ["quarantined", "failing", "degraded", "ok", "paused"];

/** Every source: how it stands, when it was looked at, when it brought something, what is wrong, what to do. */
export function sourcesTable({ sources, fill }: Overview, zone: string, now: Date): Html {
  const told = sources.map((source) => ({ source, health: healthOf(source, now) }));
  const rank = ({ health }: (typeof told)[number]) => SEVERITY.indexOf(health.state);
  return section(
    `Sources (${sources.length})`,
    [
      "Source",
      "State",
      "Last attempt",
      "Last success",
      "Last new article",
      "Next due",
      "Fill",
      "Why, and what to do",
    ],
    told
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ source, health }) => {
        const { word, look } = stateOf(source, now);
        const { words, todo } = health;
        const seen = source.lastProblem && html` <small>(${source.lastProblem})</small>`;
        return html`<tr><td><a href="/admin/runs?source=${encodeURIComponent(source._id)}"><bdi>${source.name}</bdi></a></td>
<td><span class="state ${look}">${word}</span></td>
<td>${at(zone, source.lastAttemptAt)}</td><td>${at(zone, source.lastSuccessAt)}</td>
<td>${at(zone, source.lastNewArticleAt)}</td><td>${at(zone, source.nextDueAt)}</td>
<td class="n">${fillOf(fill.get(source._id))}</td>
<td class="why">${words}${source.held && ` (${source.held.by})`}${seen}${todo && html`<br>To do: ${todo}`}</td></tr>\n`;
      }),
    html`No source is configured: put one YAML file per publisher into <code>config/sources/</code> and restart.`,
  );
}

/** Mean completeness of the latest articles; the fields' own rates as a tool tip. */
function fillOf(fill: Fill | undefined): Html {
  if (!fill) return html`<span>–</span>`;
  const rates = Object.entries(fill.fields).map(([name, share]) => `${name} ${percent(share)}`);
  const about = `${fill.articles} articles: ${rates.join(", ")}`;
  return html`<span title="${about}">${percent(fill.completeness)}</span>`;
}

/** Recent runs with what came of their links. */
export function runsTable({ runs, sources }: Overview, zone: string): Html {
  const names = new Map(sources.map((source) => [source._id, source.name]));
  return section(
    "Recent runs",
    ["Source", "Started", "Ended", "Links", "New", "Updated", "Same", "Copies", "Left out"],
    runs.map(({ sourceId, startedAt, finishedAt, open, trigger, counts, problems }) => {
      const ended = open ? html`<span class="state busy">open</span>` : at(zone, finishedAt);
      const how = trigger === "schedule" ? "" : ` (${trigger})`;
      return html`<tr><td><bdi>${names.get(sourceId) ?? sourceId}</bdi>${how}</td>
<td>${at(zone, startedAt)}</td><td>${ended}</td>
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

/** A table under its heading, or a sentence where there are no rows. */
export function section(title: string, heads: string[], rows: Html[], none: Part): Html {
  if (rows.length === 0) return html`<section><h2>${title}</h2><p>${none}</p></section>`;
  return html`<section><h2>${title}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
