import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, type Part } from "../../lib/text.ts";
import { MIN_REASON_CHARS } from "../../model/operations/audit.ts";
import { notPossible } from "../../model/problem.ts";
import { formToken } from "../auth/form.ts";
import { localPath } from "../auth/login.ts";

export const Reason = z.string().trim().min(MIN_REASON_CHARS, "say why, in a few words").max(500);

export const ArticleId = z.string().trim().min(1).max(200);

/** Returns a schema to which an empty field counts as missing. */
export function unlessEmpty<T extends z.ZodType>(value: T) {
  return z.preprocess((text) => (text === "" ? undefined : text), value);
}

export const Several = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((value) => [value].flat().filter((one) => one !== ""));

/** Returns a form that asks for a reason. `also` has further buttons. */
export function actionForm(
  request: FastifyRequest,
  form: {
    action: string;
    button: string;
    fields: Part;
    also?: Part;
    /** Whether the action can't be undone. */
    isFinal?: boolean;
  },
): Html {
  const { action, button, fields, also, isFinal = false } = form;
  const color = isFinal ? "btn-outline-danger" : "btn-primary";
  return html`<form method="post" action="${action}">${formToken(request)}${fields}
${reasonField()}
<div class="btn-list"><button class="btn ${color}">${button}</button>${also}</div></form>`;
}

/** Returns a form around a list with ticks, which asks for a reason, prefilled with `why`. */
export function tickedForm(
  request: FastifyRequest,
  form: { action: string; list: Html; fields?: Part; why?: string; buttons: Part },
): Html {
  const { action, list, fields, why = "", buttons } = form;
  return html`<form method="post" action="${action}">${formToken(request)}${list}
<div class="card act-bar">${fields}${reasonField({ value: why })}<div class="btn-list">${buttons}</div></div></form>`;
}

/** Returns the field for the reason of an action. */
export function reasonField({ label = "Why", value = "" } = {}): Html {
  return html`<label class="form-label">${label} <input class="form-control" name="reason" required minlength="${MIN_REASON_CHARS}" maxlength="500" size="40" value="${value}"></label>`;
}

/** Returns path and query of the form's page (`Referer`); null if this server has no such page. */
export function formPage({ headers, server }: FastifyRequest): string | null {
  const { referer = "" } = headers;
  const from = URL.canParse(referer) ? new URL(referer) : null;
  if (!from || !server.hasRoute({ method: "GET", url: from.pathname })) return null;
  return localPath(from.pathname + from.search);
}

/** Returns options of a `select`. A choice is a pair of value and name, or one text for both. */
export function options(
  choices: readonly (string | readonly [string, string])[],
  chosen?: string,
): Html[] {
  return choices.map((choice) => {
    const [value, name] = typeof choice === "string" ? [choice, choice] : choice;
    return html`<option value="${value}"${value === chosen && html` selected`}>${name}</option>`;
  });
}

/** Returns sources or views as choices for `options`. */
export function namesOf(
  all: readonly { _id: string; name: string }[],
): (readonly [string, string])[] {
  return all.map(({ _id, name }) => [_id, name]);
}

/** Returns the result of an action. Throws a 400 problem if it failed. */
export function requireDone<Done extends object>(outcome: Done | { problem: string }): Done {
  if ("problem" in outcome) throw notPossible(outcome.problem);
  return outcome;
}

export function countDone(
  done: number,
  problems: readonly { id: string; problem: string }[],
): string {
  const why = problems.map(({ id, problem }) => `${id}: ${problem}`).join("; ");
  if (done === 0) throw notPossible(why);
  return why === "" ? `succeeded for ${done}` : `succeeded for ${done}; failed for ${why}`;
}

/** Acts on ids one after the other, and returns what succeeded as a message. */
export async function doEach(
  ids: readonly string[],
  act: (id: string) => Promise<object | { problem: string }>,
  nameOf = (id: string) => id,
): Promise<string> {
  const problems: { id: string; problem: string }[] = [];
  for (const id of ids) {
    const outcome = await act(id);
    if ("problem" in outcome) problems.push({ id: nameOf(id), problem: outcome.problem });
  }
  return countDone(ids.length - problems.length, problems);
}
