import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { REVISION_KINDS, type Revision } from "../../../model/articles/article.ts";
import { getRevision, type RevisionRow, readRevisions } from "../../../store/articles/articles.ts";
import { diffText } from "../../api/revisions.ts";
import { type AdminDeps, type AdminPage, readQuery } from "../page.ts";
import { at, section } from "../tables.ts";
import { articleHead, articleTabs, findShown, NO_ARTICLE } from "./article-tabs.ts";

const Counted = z.coerce.number().int().min(1).optional().catch(undefined);
const Query = z.object({ article: z.string().max(200).default(""), from: Counted, to: Counted });

export const revisionsPage: AdminPage = {
  path: "/admin/revisions",
  title: "Revisions",
  section: "Content",
  under: "/admin/articles",
  async show(request, deps) {
    const { store, timezone } = deps;
    const { article: id, from, to } = readQuery(Query, request);
    const article = await findShown(store, id);
    const rows = article ? await readRevisions(store, article._id) : [];
    const last = rows.at(-1)?.revision ?? 1;
    const range = {
      id: article?._id ?? "",
      from: from ?? Math.max(1, (to ?? last) - 1),
      to: to ?? last,
    };
    const json = { article: article?._id ?? null, revisions: rows };
    if (!article) return { json, html: NO_ARTICLE };
    return {
      json,
      ...articleHead(request, article),
      html: async () =>
        html`${articleTabs(article._id, "/admin/revisions")}${listOf(rows, range, timezone)}${await differences(deps, range)}`,
    };
  },
};

interface RevisionRange {
  id: string;
  from: number;
  to: number;
}

function listOf(rows: RevisionRow[], { id, from, to }: RevisionRange, zone: string): Html {
  const table = section(
    "Revisions",
    ["From", "To", "No.", "Kind", "Why", "At", "Title", "Rules"],
    rows.map(({ revision, kind, because, at: when, fields, extractor }) => {
      const pick = (name: string, chosen: number) =>
        html`<td><input class="form-check-input" type="radio" name="${name}" value="${revision}" aria-label="${name} ${revision}"${revision === chosen && html` checked`}></td>`;
      return html`<tr>${pick("from", from)}${pick("to", to)}<td class="n">${revision}</td>
<td>${kind ? REVISION_KINDS[kind] : "unknown"}</td><td class="why">${because ?? ""}</td><td>${at(zone, when)}</td>
<td><bdi>${fields.title}</bdi></td><td>${extractor}</td></tr>\n`;
    }),
    html`None: the article was erased or never stored.`,
  );
  if (rows.length < 2) return table;
  return html`<form method="get" action="/admin/revisions"><input type="hidden" name="article" value="${id}">
${table}<button class="btn btn-primary">Compare</button></form>`;
}

async function differences(
  { store }: AdminDeps,
  { id, from, to }: RevisionRange,
): Promise<Html | null> {
  if (from === to) return null;
  const [before, after] = await Promise.all([
    getRevision(store, id, from),
    getRevision(store, id, to),
  ]);
  if (!before || !after) return null;
  return html`<section class="card card-body diff"><h2 class="card-title">From revision ${from} to ${to}</h2>${differenceOf(diffText(before.fields, after.fields))}${others(before, after)}</section>`;
}

function others({ fields: before }: Revision, { fields: after }: Revision): Html {
  const names = Object.keys({ ...before, ...after }) as (keyof typeof before)[];
  const changed = names.filter(
    (name) => !["title", "text", "html"].includes(name) && show(before[name]) !== show(after[name]),
  );
  return section(
    "Other fields",
    ["Field", "Before", "After"],
    changed.map(
      (name) =>
        html`<tr><th scope="row">${name}</th><td class="url"><bdi>${show(before[name])}</bdi></td><td class="url"><bdi>${show(after[name])}</bdi></td></tr>\n`,
    ),
    html`No other field differs.`,
  );
}

function show(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Returns the differences as HTML, with added and removed words marked. */
export function differenceOf({ title, paragraphs }: ReturnType<typeof diffText>): Html {
  const body = paragraphs?.map(({ pieces }) => html`<p>${pieces.map(pieceOf)}</p>\n`);
  return html`<h3>${title.map(pieceOf)}</h3>
${body ?? html`<p>The texts are too long to be compared.</p>`}`;
}

function pieceOf({ kind, text }: ReturnType<typeof diffText>["title"][number]): Html {
  if (kind === "same") return html`${text}`;
  return kind === "added" ? html`<ins>${text}</ins>` : html`<del>${text}</del>`;
}
