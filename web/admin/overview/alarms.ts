import { type Html, html } from "../../../lib/text.ts";
import type { Alarm, Digest } from "../../../model/operations/alarm.ts";
import { latestDigests, openAlarms, readAlarms } from "../../../store/operations/alarms.ts";
import type { AdminPage } from "../page.ts";
import { badge } from "../states.ts";
import { at, section } from "../tables.ts";

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
      open.map((alarm) => row(alarm, timezone)),
      html`None: no problem was found.`,
    )}
${section(
  "Closed in the last 30 days",
  ["About", "State", "Since", "Until", "Why"],
  ended.map((alarm) => endedRow(alarm, timezone)),
  html`None.`,
)}
${section(
  "Digests",
  ["When", "What", "Sent"],
  digests.map((digest) => digestRow(digest, timezone)),
  html`None yet. <code>NEWSGATHER_ALARM_MAIL</code> and <code>NEWSGATHER_ALARM_WEBHOOK</code> set who gets alarms; <code>newsgather alarms test</code> sends a test message.`,
)}`;
    return { json: { open, ended, digests }, html: page };
  },
};

function about({ kind, subject }: Alarm): Html {
  const href = kind === "source" ? `/admin/source?id=${encodeURIComponent(subject)}` : null;
  return href ? html`${kind} <a href="${href}">${subject}</a>` : html`${kind} ${subject}`;
}

function row(alarm: Alarm, zone: string): Html {
  const { state, openedAt, notified, words, todo } = alarm;
  return html`<tr><td>${about(alarm)}</td><td>${badge(state)}</td>
<td>${at(zone, openedAt)}</td><td>${notified.opened ? "yes" : "not yet"}</td>
<td class="why">${words}${todo && html`<br>To do: ${todo}`}</td></tr>\n`;
}

function endedRow(alarm: Alarm, zone: string): Html {
  const { state, openedAt, closedAt, words } = alarm;
  return html`<tr><td>${about(alarm)}</td><td>${state}</td><td>${at(zone, openedAt)}</td>
<td>${at(zone, closedAt)}</td><td class="why">${words}</td></tr>\n`;
}

function digestRow({ at: when, subject, waiting, nextTryAt, problem }: Digest, zone: string): Html {
  const sent =
    waiting.length === 0
      ? html`<span class="status status-green">yes</span>`
      : html`<span class="status status-red">${nextTryAt ? "not yet" : "no longer tried"}</span>: ${problem ?? waiting.join(", ")}`;
  return html`<tr><td>${at(zone, when)}</td><td>${subject}</td><td class="why">${sent}</td></tr>\n`;
}
