import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import type { Counterpart, Promotion, Score, Side, Tally } from "../../model/archive/side.ts";
import {
  type CounterpartRow,
  getCounterpart,
  getSide,
  listCounterparts,
  listSides,
  promotionOf,
} from "../../store/articles/sides.ts";
import { readArticle } from "../../store/articles/stories.ts";
import { readQuery } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { differenceOf } from "./difference.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";
import { at } from "./words.ts";

/** Counterparts on a page. */
const PAGE = 50;

const Text = z.string().max(200).optional().catch(undefined);
const Query = z.object({
  side: Text,
  field: Text,
  article: Text,
  from: z.coerce.number().int().min(0).max(100_000).catch(0),
});

/** `/admin/sides`: what articles would be by other rules, counted, scored and beside what they are. */
export function sidesPage(deps: AdminDeps): FastifyPluginAsync {
  const { store, timezone } = deps;
  return async (app) => {
    app.get("/admin/sides", { schema: { hide: true } }, async (request, reply) => {
      const { side: name, field = null, article, from } = readQuery(Query, request);
      const side = name ? await getSide(store, name) : null;
      if (!side) {
        const sides = await listSides(store);
        return sendEither(request, reply, { sides }, () =>
          frame("Sides", listOf(sides, timezone), request),
        );
      }
      if (article) return sendEither(request, reply, ...(await one(deps, request, side, article)));
      const where = { side: side._id, field, skip: from, limit: PAGE };
      const [promotion, counterparts] = await Promise.all([
        promotionOf(store, side._id),
        listCounterparts(store, where),
      ]);
      return sendEither(request, reply, { side, promotion, counterparts }, () => {
        const body = html`${figures(side, promotion, timezone)}${counterpartsOf(side, counterparts, { field, from })}`;
        return frame(`Side ${side._id}`, body, request);
      });
    });
  };
}

function listOf(sides: readonly Side[], zone: string): Html {
  return section(
    "Sides",
    ["Side", "State", "Stages", "Articles", "Changed", "Unseen", "Begun", "Kept until"],
    sides.map(({ _id, state, stages, done: { report }, begunAt, expiresAt }) => {
      const counts = [report.articles, report.changed, report.refreshed];
      return html`<tr><td><a href="${pageOf(_id)}">${_id}</a></td><td>${state}</td><td>${stages.join(", ")}</td>
${counts.map((count) => html`<td class="n">${count}</td>`)}<td>${at(zone, begunAt)}</td><td>${at(zone, expiresAt)}</td></tr>\n`;
    }),
    html`None: <code>newsgather reprocess --stage extract --into NAME</code> keeps what articles would be by today's rules beside them.`,
  );
}

function figures(
  { _id, state, stages, rules, done, score }: Side,
  { open, promoted, left }: Promotion,
  zone: string,
): Html {
  const { report } = done;
  const by = Object.entries(rules).map(([name, version]) => `${name} ${version}`);
  const reasons = [...Object.entries(report.left), ...Object.entries(left)];
  const upTo = done.after && html`, up to ${at(zone, done.after.sortAt)}`;
  return html`<p>${stages.join(", ")}, ${state}${state === "filling" && upTo}; by ${by.join(", ")}.
${report.articles} articles: ${report.changed} would change for readers, ${report.refreshed} unseen. ${open} open, ${promoted} promoted.</p>
${reasons.length > 0 && html`<p>Left as they are:</p><ul>${reasons.map(([why, count]) => html`<li>${count}: ${why}</li>`)}</ul>`}
${scoreOf(score)}
${section(
  "Fields that differ",
  ["Field", "Articles", "Is", "Would be"],
  Object.entries(report.fields)
    .toSorted(([, a], [, b]) => b.count - a.count)
    .map(
      ([
        field,
        {
          count,
          examples: [first],
        },
      ]) => {
        return html`<tr><td><a href="${pageOf(_id, { field })}">${field}</a></td><td class="n">${count}</td>
<td class="url"><bdi>${first?.before ?? ""}</bdi></td><td class="url"><bdi>${first?.after ?? ""}</bdi></td></tr>\n`;
      },
    ),
  html`None: it is what the articles are.`,
)}`;
}

function scoreOf({ articles, completeness, filled, shorter, longer, editors }: Score): Html {
  const row = (name: string, { before, after }: Tally, of: number) => {
    const share = (count: number) => (of === 0 ? "–" : `${((100 * count) / of).toFixed(1)} %`);
    return html`<tr><td>${name}</td><td class="n">${share(before)}</td><td class="n">${share(after)}</td></tr>\n`;
  };
  const fields = Object.entries(filled).filter(([, { before, after }]) => before !== after);
  return html`${section(
    "Score",
    ["Of all articles", "Is", "Would be"],
    [
      row("completeness", completeness, articles),
      ...fields.map(([field, tally]) => row(`with ${field}`, tally, articles)),
      ...(editors.of > 0
        ? [row(`topics and titles as editors say (${editors.of})`, editors, editors.of)]
        : []),
    ],
    html`Nothing.`,
  )}<p>The text would be a fifth shorter in ${shorter} articles, a fifth longer in ${longer}.</p>`;
}

function counterpartsOf(
  { _id }: Side,
  rows: readonly CounterpartRow[],
  { field, from }: { field: string | null; from: number },
): Html {
  const more =
    rows.length === PAGE &&
    html`<p><a href="${pageOf(_id, { ...(field && { field }), from: String(from + PAGE) })}">More</a></p>`;
  return html`${section(
    field ? `Articles with another ${field}` : "Articles that differ",
    ["Article", "Field", "Is", "Would be", "State"],
    rows.map(({ articleId, changes, state, left }) => {
      const shown = field ?? Object.keys(changes)[0] ?? "";
      const { before = "", after = "" } = changes[shown] ?? {};
      const others = Object.keys(changes).length - 1;
      const name = others > 0 && !field ? `${shown} and ${others} more` : shown;
      return html`<tr><td><a href="${pageOf(_id, { article: articleId })}">${articleId}</a></td><td>${name}</td>
<td class="url"><bdi>${before}</bdi></td><td class="url"><bdi>${after}</bdi></td><td class="why">${state}${left && html`: ${left}`}</td></tr>\n`;
    }),
    html`None.`,
  )}${more}`;
}

async function one(
  { store, diff }: AdminDeps,
  request: FastifyRequest,
  { _id }: Side,
  articleId: string,
): Promise<[object, () => Html]> {
  const [counterpart, article] = await Promise.all([
    getCounterpart(store, _id, articleId),
    readArticle(store, articleId),
  ]);
  const told = article && counterpart?.draft && diff?.(article, counterpart.draft);
  const twin = counterpart && { ...counterpart, page: undefined };
  const page = () =>
    frame(
      "What it would be",
      html`<p><a href="${pageOf(_id)}">${_id}</a>: <a href="/admin/revisions?article=${encodeURIComponent(articleId)}">${article?.title ?? articleId}</a></p>
${changesOf(counterpart)}${told && html`<section class="diff"><h2>Title and text</h2>${differenceOf(told)}</section>`}`,
      request,
    );
  return [{ side: _id, counterpart: twin }, page];
}

function changesOf(counterpart: Counterpart | null): Html {
  return section(
    "Fields",
    ["Field", "Is", "Would be"],
    Object.entries(counterpart?.changes ?? {}).map(([field, { before, after }]) => {
      return html`<tr><th scope="row">${field}</th><td class="url"><bdi>${before}</bdi></td><td class="url"><bdi>${after}</bdi></td></tr>\n`;
    }),
    html`It would be as it is.`,
  );
}

function pageOf(side: string, query: Record<string, string> = {}): string {
  return `/admin/sides?${new URLSearchParams({ side, ...query }).toString()}`;
}
