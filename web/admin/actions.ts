import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, type Part } from "../../lib/html.ts";
import type { ExportFormat } from "../../model/archive/export.ts";
import type { ArticleWord } from "../../model/articles/correction.ts";
import { SHORTEST_REASON } from "../../model/operations/audit.ts";
import { checked } from "../../model/problem.ts";
import type { Filter } from "../../model/publish/filter.ts";
import type { PointedField } from "../../model/sources/pointing.ts";
import type { SourcePlan } from "../../model/sources/version.ts";
import { acceptsPages, actorName } from "../auth/actor.ts";
import { formToken } from "../auth/form.ts";

/** Who asks for an action, and why: both go into the audit log. */
export interface Asked {
  by: string;
  reason: string;
}

/** What became of one source of an import. */
export interface Imported {
  where: string;
  id: string;
  fate: "new" | "there" | "wrong";
  why: string | null;
}

/** Which sources to change, as `FIELD=VALUE`, and how. */
export interface BulkEdit {
  where: string[];
  set: string[];
  unset: string[];
}

/** An export as it is asked for; without anything it is every article. */
export interface WantedExport {
  format: ExportFormat;
  source?: string[] | undefined;
  view?: string | undefined;
  /** What a search finds, in the query language. */
  search?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  as_of?: Date | undefined;
}

/** What can be done from the operators' pages; each answers what it did, in words. */
export interface AdminActions {
  /** Keeps a source from being looked at, until a time if one is given. */
  hold(sourceId: string, asked: Asked, until?: Date): Promise<string>;
  /** Has a source looked at now, whatever its schedule says. */
  runNow(sourceId: string, asked: Asked): Promise<string>;
  resume(sourceId: string, asked: Asked): Promise<string>;
  /** Makes the sources what their files say; sources that no file names are retired only if `retire` says so. */
  applySources(retire: boolean, asked: Asked): Promise<string>;
  /** Writes a file for each new source of an OPML or CSV text; with `dryRun` it only tells what it would do. */
  importSources(text: string, format: "opml" | "csv", dryRun: boolean): Promise<Imported[]>;
  /** Changes fields of all sources that match; with `asked` null it only tells what it would do. */
  editSources(edit: BulkEdit, asked: Asked | null): Promise<SourcePlan["change"]>;
  rollbackSource(sourceId: string, version: number, asked: Asked): Promise<string>;
  retireSource(sourceId: string, asked: Asked): Promise<string>;
  /** Writes the addresses that a source's entry points have moved to into its file. */
  repair(sourceId: string, asked: Asked): Promise<string>;
  /** Begins to look on a source's site for entry points that are gone. */
  findMoved(sourceId: string, asked: Asked): Promise<string>;
  /** Begins to ask a source's site which articles were missed. */
  recall(sourceId: string, asked: Asked): Promise<string>;
  /** Takes how a source's articles are read now for what is usual. */
  accept(sourceId: string, asked: Asked): Promise<string>;
  replay(linkIds: string[], asked: Asked): Promise<string>;
  /** Sends a webhook a test message, pauses it, or lets it go on. */
  webhook(id: string, verb: "test" | "pause" | "resume", asked: Asked): Promise<string>;
  /** Says the same of several articles; answers how many it could be said of, and why not of others. */
  say(articleIds: string[], word: ArticleWord, asked: Asked): Promise<string>;
  /** Takes articles back, or publishes them again. */
  withdraw(articleIds: string[], back: boolean, asked: Asked): Promise<string>;
  correctTopics(
    articleId: string,
    word: { add: string[]; remove: string[] },
    asked: Asked,
  ): Promise<string>;
  /** Has a translation drafted; null where no translator is set. */
  translate: ((articleId: string, language: string, asked: Asked) => Promise<string>) | null;
  undoCorrection(id: string, asked: Asked): Promise<string>;
  splitStory(articleId: string, asked: Asked): Promise<string>;
  joinStories(articleId: string, other: string, asked: Asked): Promise<string>;
  /** Saves a view, in place of the one of its id. */
  saveView(view: { id: string; name: string; filter: Filter }, asked: Asked): Promise<string>;
  removeView(id: string, asked: Asked): Promise<string>;
  /** Has an export written. */
  askExport(wanted: WantedExport, asked: Asked): Promise<string>;
  removeExport(id: string, asked: Asked): Promise<string>;
  /** Begins a preview; answers its id at once. */
  preview(
    what: { home: string; proxy?: string | undefined } | { yaml: string },
    by: string,
  ): Promise<string>;
  /** Has a field read by a selector: previews the declaration with it anew, or makes it a source's next version. */
  useSelector(
    of: { preview: string } | { source: string },
    asked: { field: PointedField; selector: string } & Asked,
  ): Promise<{ previewId: string } | { done: string }>;
  /** Watches the source of a preview. */
  activate(previewId: string, asked: Asked): Promise<string>;
}

/** Why something is done. */
export const Reason = z.string().trim().min(SHORTEST_REASON, "say why, in a few words").max(500);

/** One or several values of the same field. */
export const Several = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((value) => [value].flat().filter((one) => one !== ""));

/** The fields of a form; throws a 400 problem that names what is wrong. */
export function readForm<T extends z.ZodType>(schema: T, request: FastifyRequest): z.output<T> {
  return checked(schema, request.body ?? {}, "invalid-form");
}

/** Reads what a page is asked about; throws a problem that names what is wrong. */
export function readQuery<T extends z.ZodType>(schema: T, request: FastifyRequest): z.output<T> {
  return checked(schema, request.query ?? {});
}

/** Who sent a form, and why. */
export function askedBy(request: FastifyRequest, reason: string): Asked {
  return { by: actorName(request), reason };
}

/** A form that changes something: its fields, why, and the button; `also`, others that send it elsewhere. */
export function actionForm(
  request: FastifyRequest,
  form: { action: string; button: string; fields: Part; why?: string; also?: Part },
): Html {
  const { action, button, fields, why = "", also } = form;
  return html`<form method="post" action="${action}">${formToken(request)}${fields}
<label>Why <input name="reason" required minlength="${SHORTEST_REASON}" maxlength="500" size="40" value="${why}"></label>
<button>${button}</button> ${also}</form>`;
}

/** Answers an action: a browser goes back to its page, a program gets what was done. */
export function answerAction(
  request: FastifyRequest,
  reply: FastifyReply,
  page: string,
  done: string,
): FastifyReply {
  return acceptsPages(request) ? reply.redirect(page, 303) : reply.send({ done });
}
