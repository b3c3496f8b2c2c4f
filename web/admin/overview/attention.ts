import type { FastifyRequest } from "fastify";
import { type Html, html } from "../../../lib/text.ts";
import type { Alarm } from "../../../model/operations/alarm.ts";
import type { ProcessRecord } from "../../../model/operations/process.ts";
import { may } from "../../auth/access.ts";
import { formToken } from "../../auth/form.ts";
import { icon } from "../icons.ts";
import type { SourceHealth } from "../sources/sources-table.ts";
import { badge, CSS_CLASSES, type State } from "../states.ts";
import { at, sourceLink, sourcePath } from "../tables.ts";

export interface Concern {
  state: State;
  about: Html;
  why?: string | null;
  todo?: string | null;
  since?: Date | null;
  fix: { path: string; words: string };
  retrySourceId?: string;
}

export interface Facts {
  urgent: readonly string[];
  processes: readonly Pick<ProcessRecord, "_id" | "name" | "problem" | "since">[];
  alarms: readonly Alarm[];
  /** Sources that need attention, worst first. */
  troubled: readonly Pick<SourceHealth<{ _id: string; name: string }>, "source" | "health">[];
  counts: ReadonlyMap<string, number>;
  names: ReadonlyMap<string, string>;
}

const COUNTED_CONCERNS: readonly [path: string, one: string, several: string, words: string][] = [
  ["/admin/webhooks", "webhook accepts nothing", "webhooks accept nothing", "Show details"],
  ["/admin/exports", "export failed", "exports failed", "Show details"],
  [
    "/admin/dead-letters",
    "link was given up in the last 24 hours",
    "links were given up in the last 24 hours",
    "Fetch again",
  ],
  ["/admin/inbox", "article waits for an editor", "articles wait for an editor", "Open the inbox"],
];

/** Returns what needs attention, most urgent first. */
export function findConcerns(facts: Facts): Concern[] {
  const { urgent, processes, alarms, troubled, counts } = facts;
  const health = { path: "/admin/health", words: "Show details" };
  const alarmed = new Set(alarms.map(({ kind, subject }) => `${kind} ${subject}`));
  return [
    ...urgent.map((why): Concern => ({ state: "stopped", about: html`Work`, why, fix: health })),
    ...processes.flatMap(({ _id, name, problem, since }): Concern[] =>
      problem === null || alarmed.has(`process ${_id}`)
        ? []
        : [{ state: "failing", about: html`Process ${name}`, why: problem, since, fix: health }],
    ),
    ...alarms
      .map((alarm) => concernOfAlarm(alarm, facts))
      .toSorted((a, b) => Number(isBad(b)) - Number(isBad(a))),
    ...troubled
      .filter(({ source }) => !alarmed.has(`source ${source._id}`))
      .map(
        ({ source, health: { state, words, todo } }): Concern => ({
          state,
          about: sourceLink(source._id, source.name),
          why: words,
          todo,
          fix: { path: sourcePath(source._id), words: "Open the source" },
          retrySourceId: source._id,
        }),
      ),
    ...COUNTED_CONCERNS.flatMap(([path, one, several, words]): Concern[] => {
      const count = counts.get(path) ?? 0;
      if (count === 0) return [];
      const about = html`${count} ${count === 1 ? one : several}`;
      return [{ state: "to do", about, fix: { path, words } }];
    }),
  ];
}

export function isBad({ state }: Pick<Concern, "state">): boolean {
  return CSS_CLASSES[state] === "status-red";
}

function concernOfAlarm(
  { kind, subject, state, words, todo, openedAt }: Alarm,
  { names, processes }: Pick<Facts, "names" | "processes">,
): Concern {
  const process = processes.find(({ _id }) => kind === "process" && _id === subject);
  const isSource = kind === "source";
  const paths = {
    source: sourcePath(subject),
    webhook: "/admin/webhooks",
    process: "/admin/health",
    disk: "/admin/health",
    memory: "/admin/health",
  };
  return {
    state,
    about: isSource
      ? sourceLink(subject, names.get(subject))
      : html`${kind.replace(/^./, (first) => first.toUpperCase())} ${process?.name ?? subject}`,
    why: words,
    todo,
    since: openedAt,
    fix: { path: paths[kind], words: isSource ? "Open the source" : "Show details" },
    ...(isSource && { retrySourceId: subject }),
  };
}

export function concernsCard(
  concerns: readonly Concern[],
  zone: string,
  request: FastifyRequest,
): Html {
  if (concerns.length === 0) {
    return html`<section class="card card-body"><h2 class="card-title">Needs attention</h2><p class="text-secondary mb-0">Nothing. Sources that fail, articles that wait for an editor, links that were given up and webhooks that accept nothing are listed here.</p></section>`;
  }
  const writes = may(request, "operate");
  const rows = concerns.map(({ state, about, why, todo, since, fix, retrySourceId }) => {
    const again =
      writes &&
      retrySourceId !== undefined &&
      html`<form method="post" action="/admin/schedule/run">${formToken(request)}<input type="hidden" name="id" value="${retrySourceId}"><input type="hidden" name="reason" value="tried again from the overview"><button class="btn btn-sm">${icon("refresh")}Try again now</button></form>`;
    return html`<div class="list-group-item"><div class="row g-2 align-items-center"><div class="col-auto">${badge(state)}</div>
<div class="col concern"><strong>${about}</strong>${why && html` ${why}`}${since && html` <span class="text-secondary">since ${at(zone, since)}</span>`}${todo && html`<div class="text-secondary">To do: ${todo}</div>`}</div>
<div class="col-auto btn-list">${again}<a class="btn btn-sm btn-primary" href="${fix.path}">${fix.words}</a></div></div></div>\n`;
  });
  return html`<section class="card"><div class="card-header"><h2 class="card-title">Needs attention (${concerns.length})</h2></div><div class="list-group list-group-flush">
${rows}</div></section>`;
}
