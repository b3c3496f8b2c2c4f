import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import type { Promotion, Score, StagingSet, Tally } from "../../../model/archive/staging-set.ts";
import { findArticle } from "../../../store/articles/articles.ts";
import {
  getStagedArticle,
  getStagingSet,
  listStagedArticles,
  listStagingSets,
  promotionOf,
  type StagedArticleRow,
} from "../../../store/articles/staging-sets.ts";
import { diffText } from "../../api/revisions.ts";
import { differenceOf } from "../content/revisions.ts";
import { type AdminDeps, type AdminPage, type PageContent, readQuery } from "../page.ts";
import { at, section } from "../tables.ts";

const MAX_STAGED = 50;

const Text = z.string().max(200).optional().catch(undefined);
const Query = z.object({
  set: Text,
  field: Text,
  article: Text,
  from: z.coerce.number().int().min(0).max(100_000).catch(0),
});

export const stagingSetsPage: AdminPage = {
  path: "/admin/staging-sets",
  title: "Reprocess",
  section: "Archive",
  commands: ["newsgather reprocess diff SET", "newsgather reprocess promote SET"],
  async show(request, deps) {
    const { store, timezone } = deps;
    const { set: name, field = null, article, from } = readQuery(Query, request);
    const stagingSet = name ? await getStagingSet(store, name) : null;
    if (!stagingSet) {
      const stagingSets = await listStagingSets(store);
      return { json: { stagingSets }, html: () => listOf(stagingSets, timezone) };
    }
    if (article) return one(deps, stagingSet, article);
    const where = { stagingSet: stagingSet._id, field, skip: from, limit: MAX_STAGED };
    const [promotion, stagedArticles] = await Promise.all([
      promotionOf(store, stagingSet._id),
      listStagedArticles(store, where),
    ]);
    return {
      json: { stagingSet, promotion, stagedArticles },
      html: () =>
        html`${statisticsOf(stagingSet, promotion, timezone)}${stagedArticlesTable(stagingSet, stagedArticles, { field, from })}`,
      title: `Staging set ${stagingSet._id}`,
    };
  },
};

function listOf(stagingSets: readonly StagingSet[], zone: string): Html {
  return section(
    "Staging sets",
    ["Staging set", "State", "Stages", "Articles", "Changed", "Unseen", "Begun", "Stored until"],
    stagingSets.map(({ _id, state, stages, done: { report }, begunAt, expiresAt }) => {
      const counts = [report.articles, report.changed, report.refreshed];
      return html`<tr><td><a href="${pageOf(_id)}">${_id}</a></td><td>${state}</td><td>${stages.join(", ")}</td>
${counts.map((count) => html`<td class="n">${count}</td>`)}<td>${at(zone, begunAt)}</td><td>${at(zone, expiresAt)}</td></tr>\n`;
    }),
    html`None: <code>newsgather reprocess --stage extract --into NAME</code> stores the articles as the current rules would read them.`,
  );
}

function statisticsOf(
  { _id, state, stages, rules, done, score }: StagingSet,
  { open, promoted, left }: Promotion,
  zone: string,
): Html {
  const { report } = done;
  const ruleVersions = Object.entries(rules).map(([name, version]) => `${name} ${version}`);
  const reasons = [...Object.entries(report.left), ...Object.entries(left)];
  const upTo = done.after && html`, up to ${at(zone, done.after.sortAt)}`;
  return html`<p>${stages.join(", ")}, ${state}${state === "filling" && upTo}; by ${ruleVersions.join(", ")}.
Articles: ${report.articles}; would change for readers: ${report.changed}; would change without readers noticing: ${report.refreshed}. Open: ${open}; promoted: ${promoted}.</p>
${reasons.length > 0 && html`<p>Articles that stay as they are, by reason:</p><ul>${reasons.map(([why, count]) => html`<li>${count}: ${why}</li>`)}</ul>`}
${scoreOf(score)}
${section(
  "Fields that differ",
  ["Field", "Articles", "Is", "Would be"],
  Object.entries(report.fields)
    .toSorted(([, a], [, b]) => b.count - a.count)
    .map(([field, { count, examples }]) => {
      const [first] = examples;
      return html`<tr><td><a href="${pageOf(_id, { field })}">${field}</a></td><td class="n">${count}</td>
<td class="url"><bdi>${first?.before}</bdi></td><td class="url"><bdi>${first?.after}</bdi></td></tr>\n`;
    }),
  html`None: the results are the same.`,
)}`;
}

function scoreOf({ articles, fieldScore, filled, shorter, longer, editors }: Score): Html {
  const row = (name: string, { before, after }: Tally, of: number) => {
    const share = (count: number) => (of === 0 ? "–" : `${((100 * count) / of).toFixed(1)} %`);
    return html`<tr><td>${name}</td><td class="n">${share(before)}</td><td class="n">${share(after)}</td></tr>\n`;
  };
  const fields = Object.entries(filled).filter(([, { before, after }]) => before !== after);
  const byEditors = `topics and titles set by editors (${editors.of}) that the rules also find`;
  return html`${section(
    "Score",
    ["Share of articles", "Is", "Would be"],
    [
      row("field score", fieldScore, articles),
      ...fields.map(([field, tally]) => row(`with ${field}`, tally, articles)),
      ...(editors.of > 0 ? [row(byEditors, editors, editors.of)] : []),
    ],
    html`Nothing.`,
  )}<p>Articles whose text would be over 20 % shorter: ${shorter}; over 20 % longer: ${longer}.</p>`;
}

function stagedArticlesTable(
  { _id }: StagingSet,
  rows: readonly StagedArticleRow[],
  { field, from }: { field: string | null; from: number },
): Html {
  const more =
    rows.length === MAX_STAGED &&
    html`<p><a href="${pageOf(_id, { ...(field && { field }), from: String(from + MAX_STAGED) })}">More</a></p>`;
  return html`${section(
    field ? `Articles whose ${field} differs` : "Articles that differ",
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
  { store }: AdminDeps,
  { _id }: StagingSet,
  articleId: string,
): Promise<PageContent> {
  const [stagedArticle, article] = await Promise.all([
    getStagedArticle(store, _id, articleId),
    findArticle(store, articleId),
  ]);
  const difference = article && stagedArticle?.draft && diffText(article, stagedArticle.draft);
  const page =
    () => html`<p><a href="${pageOf(_id)}">${_id}</a>: <a href="/admin/revisions?article=${encodeURIComponent(articleId)}">${article?.title ?? articleId}</a></p>
${section(
  "Fields",
  ["Field", "Is", "Would be"],
  Object.entries(stagedArticle?.changes ?? {}).map(
    ([field, { before, after }]) =>
      html`<tr><th scope="row">${field}</th><td class="url"><bdi>${before}</bdi></td><td class="url"><bdi>${after}</bdi></td></tr>\n`,
  ),
  html`Nothing would change.`,
)}${difference && html`<section class="card card-body diff"><h2 class="card-title">Title and text</h2>${differenceOf(difference)}</section>`}`;
  return {
    json: {
      stagingSet: _id,
      stagedArticle: stagedArticle && { ...stagedArticle, page: undefined },
    },
    html: page,
    title: "A staged article",
  };
}

function pageOf(set: string, query: Record<string, string> = {}): string {
  return `/admin/staging-sets?${new URLSearchParams({ set, ...query }).toString()}`;
}
