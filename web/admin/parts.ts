import { type Html, html } from "../../lib/html.ts";
import type { Part } from "../../model/part.ts";
import { section } from "./tables.ts";
import { at } from "./words.ts";

/** Every process that is supervised: since when it runs, how often and why it was started again. */
export function partsTable(parts: Part[], zone: string): Html {
  return section(
    "Processes",
    ["Part", "Machine", "Process", "Since", "Restarts", "Replaced", "State", "Last end"],
    parts.map(
      (part) => html`<tr><td>${part.name}</td><td>${part.machine}</td>
<td class="n">${part.pid ?? "–"}</td><td>${at(zone, part.since)}</td>
<td class="n">${part.restarts}</td><td class="n">${part.replaced}</td>
<td class="why">${part.problem ? html`<span class="state bad">${part.problem}</span>` : html`<span class="state fine">fine</span>`}</td>
<td class="why">${part.lastExit}</td></tr>\n`,
    ),
    html`None is known: <code>newsgather start</code> supervises what it starts, single roles are for your own supervisor.`,
  );
}
