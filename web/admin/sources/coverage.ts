import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { formatDuration } from "../../../lib/time.ts";
import { ProblemError } from "../../../model/problem.ts";
import {
  addCoverage,
  announcedIn,
  budgetOf,
  type Coverage,
  type CoverageCounts,
  type CoverageSummary,
  emptyCoverage,
  shareText,
  shownCoverage,
} from "../../../model/sources/coverage.ts";
import { gapReasonText } from "../../../sources/coverage/judge.ts";
import { getCoverage, listCoverageDays } from "../../../store/sources/coverage.ts";
import { readSourceNames } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { may } from "../../auth/access.ts";
import { chart } from "../charts.ts";
import { actionForm, Reason } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { reasonText } from "../states.ts";
import {
  at,
  externalLink,
  factsTable,
  pageOf,
  pager,
  type Sorts,
  section,
  sortKey,
  sortRows,
} from "../tables.ts";

const PATH = "/admin/coverage";

const SORTS: Sorts<CoverageSummary & { budget: ReturnType<typeof budgetOf> }> = {
  source: ["Source", ({ _id }) => _id],
  intime: ["In time", ({ budget }) => budget.inTime],
  covered: ["On the portal", ({ budget }) => budget.covered],
  announced: ["Announced", ({ total }) => announcedIn(total)],
  late: ["Late", ({ total }) => total.late],
  missing: ["Missing", ({ total }) => total.missing],
  budget: ["Budget left", ({ budget }) => budget.remaining],
  counted: ["Counted until", ({ countedUntil }) => countedUntil?.getTime() ?? null],
};

const Query = z.object({
  source: z.string().max(63).optional(),
  page: z.coerce.number().int().min(1).catch(1),
  sort: sortKey(Object.keys(SORTS)),
});
const Form = z.object({ id: z.string().min(1).max(63), reason: Reason });

/**
 * `/admin/coverage`: how many of the announced articles were published, how soon, and which are
 * missing.
 */
export const coveragePage: AdminPage = {
  path: PATH,
  title: "Coverage",
  section: "Sources",
  commands: ["newsgather coverage SOURCE"],
  async show(request, { store, timezone }) {
    const { source, page, sort } = readQuery(Query, request);
    const [one, all, sourceNames] = await Promise.all([
      source ? getCoverage(store, source) : null,
      source ? [] : listCoverageDays(store),
      readSourceNames(store, source ? [source] : []),
    ]);
    if (source && !one && !sourceNames.has(source)) {
      throw new ProblemError(404, "not-found", "There is no such source.");
    }
    const body = async () => {
      const days = one?.days ?? (source ? [] : sumOfDays(all));
      const notCounted = html`<p>No announced article of ${source} is counted yet: counting begins within a minute.</p>`;
      const listed = source
        ? notCounted
        : await overview(store, all, { page, sort, zone: timezone });
      const fields = html`<input type="hidden" name="id" value="${source}">`;
      const form = { action: PATH, button: "Search the site now", fields };
      const mayAsk = may(request, "operate") && source;
      return html`<p>How many of the articles announced in the last 28 days are on the portal, and how soon they appeared.</p>
${one ? detail(one, page, timezone) : listed}
${chartOf(days)}
${mayAsk && html`<section class="card card-body"><h2 class="card-title">Search the site</h2><p>Newsgather searches the site, at the site's pace, for articles that the source's entry points don't announce.</p>${actionForm(request, form)}</section>`}`;
    };
    return {
      json: one
        ? shownCoverage(one)
        : {
            coverage: all.map((each) => {
              const { days: _, ...summary } = each;
              return { ...summary, ...budgetOf(each.total, each.objective) };
            }),
          },
      html: body,
      ...(one && { title: `Coverage of ${sourceNames.get(one._id) ?? one._id}` }),
    };
  },
  actions: [
    action(PATH, "operate", Form, async ({ id }, { sites }, author) => {
      const done = await sites.probe(id, author);
      return { location: `${PATH}?source=${encodeURIComponent(id)}`, done };
    }),
  ],
};

async function overview(
  store: Store,
  all: readonly CoverageSummary[],
  { page, sort, zone }: { page: number; sort: string | undefined; zone: string },
): Promise<Html> {
  const total = addCoverage(all.map((one) => one.total));
  const worst = all
    .map((one) => ({ ...one, budget: budgetOf(one.total, one.objective) }))
    .toSorted((a, b) => a.budget.remaining - b.budget.remaining || a._id.localeCompare(b._id));
  const over = worst.filter(({ budget }) => budget.remaining < 0).length;
  const sorted = sortRows(worst, sort, SORTS);
  const shown = pageOf(sorted, page);
  const names = await readSourceNames(
    store,
    shown.map(({ _id }) => _id),
  );
  const rows = shown.map(({ _id, budget, total: counts, countedUntil }) => {
    const href = `${PATH}?source=${encodeURIComponent(_id)}`;
    return html`<tr><td><a href="${href}"><bdi>${names.get(_id) ?? _id}</bdi></a></td><td class="n">${shareText(budget.inTime)}</td>
<td class="n">${shareText(budget.covered)}</td><td class="n">${announcedIn(counts)}</td><td class="n">${counts.late}</td>
<td class="n">${counts.missing}</td><td class="n">${budgetText(budget.remaining)}</td><td>${at(zone, countedUntil)}</td></tr>\n`;
  });
  const { inTime, covered } = budgetOf(total, { share: 1 });
  const heads = Object.values(SORTS).map(([head]) => head);
  const announced = announcedIn(total);
  const sum =
    announced === 0
      ? html`<p>No announced article is counted yet. An announced article is counted when its time limit is over.</p>`
      : html`<p><strong>${shareText(inTime)}</strong> of ${announced} announced articles were on the portal in time, and <strong>${shareText(covered)}</strong> are on the portal now. ${over} of ${all.length} sources miss their objective.</p>`;
  return html`${sum}
${section("Sources", heads, rows, html`None yet: counting begins within a minute, and an announced article is counted when its time limit is over.`, { sorts: { keys: SORTS, current: sort, to: (order) => `${PATH}?sort=${order}` } })}
${pager(all.length, page, (n) => `${PATH}?${sort ? `sort=${sort}&` : ""}page=${n}`)}`;
}

function detail(coverage: Coverage, page: number, zone: string): Html {
  const { _id, total, objective, gaps, probe, nextProbeAt, countedUntil } = coverage;
  const budget = budgetOf(total, objective);
  const spent = `${budget.spent} of ${Number(budget.allowed.toFixed(1))} spent`;
  const rows: [string, Html | string][] = [
    ["In time", shareText(budget.inTime)],
    ["On the portal", shareText(budget.covered)],
    ["Objective", `${shareText(objective.share)} within ${formatDuration(objective.within)}`],
    ["Error budget", `${spent}, ${budgetText(budget.remaining)} left`],
    ["Announced", String(announcedIn(total))],
    ["On the portal: in time, late", `${total.inTime}, ${total.late}`],
    ["Missing", String(total.missing)],
    ["Completeness", countsText(total.completeness)],
    ["Excluded on purpose", countsText(total.excluded)],
    ["Counted until", at(zone, countedUntil)],
  ];
  const list = pageOf(gaps, page).map(
    ({ url, title, announcedAt, namedBy, reason, why, backfillAt }) =>
      html`<tr><td class="url">${externalLink(url, html`<bdi>${title ?? url}</bdi>`)}</td><td>${at(zone, announcedAt)}</td>
<td class="why"><span title="${gapReasonText(reason)}">${reason}</span>: ${why}</td><td class="url">${namedBy.join(", ")}</td><td>${at(zone, backfillAt)}</td></tr>\n`,
  );
  return html`<section class="card card-body">${factsTable(rows)}</section>
${section(`Missing (${gaps.length})`, ["Article", "Announced", "Why", "Named by", "Fetched again"], list, html`Nothing.`)}
${pager(gaps.length, page, (n) => `${PATH}?source=${encodeURIComponent(_id)}&page=${n}`)}
${section(
  "What else the site announces",
  ["Kind", "URL", "Articles", "On the portal"],
  (probe?.channels ?? []).map(
    ({ kind, url, listed, covered }) =>
      html`<tr><td>${kind}</td><td class="url">${url}</td><td class="n">${listed}</td><td class="n">${covered}</td></tr>\n`,
  ),
  probe
    ? html`Nothing was found at ${at(zone, probe.at)}.`
    : html`The site wasn't searched yet. First search: ${at(zone, nextProbeAt)}.`,
)}`;
}

function countsText(counts: Record<string, number>): Html | string {
  const entries = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  if (entries.length === 0) return "–";
  return html`<ul>${entries.map(([name, count]) => html`<li>${count} ${reasonText(name)}</li>`)}</ul>`;
}

function budgetText(remaining: number): string {
  return remaining < -1 ? "overspent" : `${Math.floor(remaining * 100)} %`;
}

type Day = CoverageCounts & { day: string };

function sumOfDays(all: readonly { days: readonly Day[] }[]): Day[] {
  const sums = new Map<string, CoverageCounts>();
  for (const { day, ...counts } of all.flatMap(({ days }) => days))
    sums.set(day, addCoverage([sums.get(day) ?? emptyCoverage(), counts]));
  return [...sums]
    .map(([day, counts]) => ({ day, ...counts }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

function chartOf(days: readonly Day[]): Html | false {
  const title = `Announced articles by day, ${days[0]?.day} to ${days.at(-1)?.day}`;
  const columns = ["in time", "late", "missing"];
  const rows = days.map(({ day, inTime, late, missing }) => ({
    at: day,
    values: [inTime, late, missing],
  }));
  return (
    days.length > 0 &&
    html`<section class="card card-body"><h2 class="card-title">Announced articles by day</h2>${chart({ title, kind: "bars", unit: "count", columns, rows })}</section>`
  );
}
