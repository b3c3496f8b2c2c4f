import { type Html, html } from "../../../lib/text.ts";
import type { Alarm } from "../../../model/operations/alarm.ts";
import { latestDigests, openAlarms, readAlarms } from "../../../store/operations/alarms.ts";
import type { AdminPage } from "../page.ts";
import { badge } from "../states.ts";
import { at, section, sourcePath } from "../tables.ts";

const MAX_DIGESTS = 20;
const MAX_ENDED_ALARMS = 100;

export const alarmsPage: AdminPage = {
  path: "/admin/alarms",
  title: "Alarms",
  section: "Overview",
  commands: ["newsgather alarms"],
  countAttention: async ({ store }) => (await openAlarms(store)).length,
  async show(_, { store, timezone, now }) {
    const [alarms, digests] = await Promise.all([
      readAlarms(store, now()),
      latestDigests(store, now(), MAX_DIGESTS),
    ]);
    const open = alarms.filter(({ closedAt }) => !closedAt);
    const ended = alarms.filter(({ closedAt }) => closedAt).slice(0, MAX_ENDED_ALARMS);
    const page = () => html`${section(
      `Open (${open.length})`,
      ["About", "State", "Since", "Notified", "Why, and what to do"],
      open.map(
        (alarm) => html`<tr><td>${about(alarm)}</td><td>${badge(alarm.state)}</td>
<td>${at(timezone, alarm.openedAt)}</td><td>${alarm.notified.opened ? "yes" : "not yet"}</td>
<td class="why">${alarm.words}${alarm.todo && html`<br>To do: ${alarm.todo}`}</td></tr>\n`,
      ),
      html`None: no problem was found.`,
    )}
${section(
  "Closed in the last 30 days",
  ["About", "State", "Since", "Until", "Why"],
  ended.map(
    (
      alarm,
    ) => html`<tr><td>${about(alarm)}</td><td>${alarm.state}</td><td>${at(timezone, alarm.openedAt)}</td>
<td>${at(timezone, alarm.closedAt)}</td><td class="why">${alarm.words}</td></tr>\n`,
  ),
  html`None.`,
)}
${section(
  "Digests",
  ["When", "What", "Sent"],
  digests.map(({ at: when, subject, waiting, nextTryAt, problem }) => {
    const sent =
      waiting.length === 0
        ? html`<span class="status status-green">yes</span>`
        : html`<span class="status status-red">${nextTryAt ? "not yet" : "no longer tried"}</span>: ${problem ?? waiting.join(", ")}`;
    return html`<tr><td>${at(timezone, when)}</td><td>${subject}</td><td class="why">${sent}</td></tr>\n`;
  }),
  html`None yet. <code>NEWSGATHER_ALARM_MAIL</code> and <code>NEWSGATHER_ALARM_WEBHOOK</code> set who gets alarms; <code>newsgather alarms test</code> sends a test message.`,
)}`;
    return { json: { open, ended, digests }, html: page };
  },
};

function about({ kind, subject }: Alarm): Html {
  return html`${kind} ${kind === "source" ? html`<a href="${sourcePath(subject)}">${subject}</a>` : subject}`;
}
