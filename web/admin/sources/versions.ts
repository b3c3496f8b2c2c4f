import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { withoutSecrets } from "../../../model/sources/source.ts";
import type { FieldChange, Version } from "../../../model/sources/version.ts";
import { diffSources } from "../../../sources/files/apply.ts";
import type { SourcePlace } from "../../../sources/files/edit.ts";
import { retire, rollback } from "../../../sources/files/lifecycle.ts";
import { changeAtPlace } from "../../../sources/files/manage.ts";
import { getSource, sourceNames } from "../../../store/sources/sources.ts";
import { readVersions } from "../../../store/sources/versions.ts";
import type { Store } from "../../../store/store.ts";
import { may } from "../../auth/access.ts";
import { actionForm, options, Reason } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { at, section } from "../tables.ts";

const Query = z.object({ source: z.string().max(63).default("") });
const Form = z.object({ id: z.string().min(1).max(63), reason: Reason });
const Rollback = Form.extend({ version: z.coerce.number().int().min(1) });

export const versionsPage: AdminPage = {
  path: "/admin/versions",
  title: "Versions",
  section: "Sources",
  under: "/admin/sources",
  commands: ["newsgather sources versions ID"],
  async show(request, { store, timezone }) {
    const { source: id } = readQuery(Query, request);
    const [source, versions] = await Promise.all([getSource(store, id), readVersions(store, id)]);
    const compared = compareVersions(versions);
    const json = compared.map(({ version, at: when, actor, reason, changes, source: declared }) => {
      const bare = declared && withoutSecrets(declared);
      return { version, at: when, actor, reason, changes, source: bare };
    });
    const page = async () => {
      const writes = source !== null && may(request, "operate");
      const table = id === "" ? await choice(store) : versionsTable(compared, timezone);
      const forms =
        writes &&
        html`${restoreForm(request, id, source, versions)}${source.active && retireForm(request, id)}`;
      return html`${table}${forms}`;
    };
    const title = source ? `Versions of ${source.name}` : "Versions of a source";
    return { json: { source: id, versions: json }, html: page, title };
  },
  actions: [
    action(
      "/admin/versions/rollback",
      "operate",
      Rollback,
      async ({ id, version }, deps, author) => {
        const restore = (place: SourcePlace) => rollback(place, { id, version }, author);
        return { location: pathTo(id), done: await changeAtPlace(deps, id, restore) };
      },
    ),
    action("/admin/versions/retire", "operate", Form, async ({ id }, deps, author) => {
      const done = await changeAtPlace(deps, id, (place) => retire(place, id, author));
      return { location: pathTo(id), done };
    }),
  ],
};

/** A version and its changes. `first` is true if there is no earlier declaration to compare. */
export type ComparedVersion = Version & { changes: FieldChange[]; first: boolean };

/** Compares each version with the previous declaration; `versions` must be newest first. */
export function compareVersions(versions: readonly Version[]): ComparedVersion[] {
  return versions.map((version, index) => {
    const before = versions.slice(index + 1).find((older) => older.source !== null)?.source;
    const changes = before && version.source ? diffSources(before, version.source) : [];
    return { ...version, changes, first: !before };
  });
}

export function versionsTable(versions: readonly ComparedVersion[], timezone: string): Html {
  const rows = versions.map(
    ({ version, at: when, actor, reason, source, changes, first }) =>
      html`<tr><td class="n">${version}</td><td>${at(timezone, when)}</td><td>${actor}</td><td class="why">${reason}</td>
<td class="why">${source === null ? "retired" : first ? "the first stored version" : changesOf(changes)}</td></tr>\n`,
  );
  const heads = ["Version", "When", "Who", "Why", "What changed"];
  return section("Versions", heads, rows, html`No version is stored. Check the id of the source.`);
}

export function restoreForm(
  request: FastifyRequest,
  id: string,
  source: { active: boolean; version: number },
  versions: readonly Version[],
): Html | false {
  const back = versions.filter(
    ({ yaml, version }) => yaml !== null && (version !== source.version || !source.active),
  );
  if (back.length === 0) return false;
  const choices = options(back.map(({ version }) => String(version)));
  const form = {
    action: "/admin/versions/rollback",
    button: "Restore it",
    fields: html`<input type="hidden" name="id" value="${id}"><label class="form-label">Version <select class="form-select" name="version">${choices}</select></label>`,
  };
  return html`<section class="card card-body"><h2 class="card-title">Restore a version</h2>${actionForm(request, form)}</section>`;
}

export function retireForm(request: FastifyRequest, id: string): Html {
  const form = {
    action: "/admin/versions/retire",
    button: "Retire this source",
    fields: html`<input type="hidden" name="id" value="${id}">`,
  };
  return html`<section class="card card-body"><h2 class="card-title">Retire</h2><p>The source is no longer fetched, and its file is removed. Its articles stay.</p>${actionForm(request, form)}</section>`;
}

async function choice(store: Store): Promise<Html> {
  const items = (await sourceNames(store)).map(({ _id }) => html`<li>${versionsLink(_id)}</li>`);
  return html`<ul>${items}</ul>`;
}

export function versionsLink(id: string): Html {
  return html`<a href="${pathTo(id)}">${id}</a>`;
}

function pathTo(id: string): string {
  return `/admin/versions?source=${encodeURIComponent(id)}`;
}

export function changesOf(changes: readonly FieldChange[]): Html {
  const lines = changes.map(({ field, before, after }) => {
    const arrow = before !== null && after !== null && " → ";
    return html`<div>${field}: ${before !== null && html`<del>${before}</del>`}${arrow}${after !== null && html`<ins>${after}</ins>`}</div>`;
  });
  return html`${lines}`;
}
