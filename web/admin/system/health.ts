import { html } from "../../../lib/text.ts";
import { readProcesses } from "../../../store/operations/processes.ts";
import type { AdminPage } from "../page.ts";
import { at, section } from "../tables.ts";

export const healthPage: AdminPage = {
  path: "/admin/health",
  title: "Health",
  section: "System",
  commands: ["newsgather status", "newsgather doctor"],
  async countAttention({ store, now, findUrgentProblems }) {
    const [urgent, processes] = await Promise.all([
      findUrgentProblems(),
      readProcesses(store, now()),
    ]);
    return urgent.length + processes.filter(({ problem }) => problem !== null).length;
  },
  async show(_, { store, timezone, now, checks, findUrgentProblems }) {
    const [results, processes, urgent] = await Promise.all([
      checks(),
      readProcesses(store, now()),
      findUrgentProblems(),
    ]);
    const page =
      () => html`${urgent.map((words) => html`<p class="alert alert-danger" role="alert">${words}</p>`)}
${section(
  "Services",
  ["Check", "State", "Detail"],
  results.map(
    ({ name, ok, detail }) =>
      html`<tr><td>${name}</td><td><span class="status ${ok ? "status-green" : "status-red"}">${ok ? "ok" : "not ok"}</span></td><td class="why">${detail}</td></tr>\n`,
  ),
  html`Nothing is checked here: <code>newsgather doctor</code> checks an installation.`,
)}
${section(
  "Processes",
  ["Process", "State", "Since", "Restarts", "Replaced", "Last end", "Machine", "PID"],
  processes.map(
    (one) => html`<tr><td>${one.name}</td>
<td>${one.problem ? html`<span class="status status-red">${one.problem}</span>` : html`<span class="status status-green">fine</span>`}</td>
<td>${at(timezone, one.since)}</td><td class="n">${one.restarts}</td><td class="n">${one.replaced}</td>
<td class="why">${one.lastExit}</td><td>${one.machine}</td><td class="n">${one.pid ?? "–"}</td></tr>\n`,
  ),
  html`None. This table lists the processes that <code>newsgather start</code> starts and supervises. If you start roles singly, supervise them yourself.`,
)}`;
    const lead = html`For monitoring systems: <a href="/readyz">readiness</a>, <a href="/metrics">metrics</a>.`;
    return { json: { urgent, checks: results, processes }, html: page, lead };
  },
};
