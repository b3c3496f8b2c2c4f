import type { FastifyRequest } from "fastify";
import { html } from "../../../lib/html.ts";
import type { ProblemError } from "../../../model/problem.ts";
import { acceptsPages } from "../../auth/accepts.ts";
import type { Context } from "../../server/context.ts";
import { editionAt, pathIn } from "../../server/edition.ts";
import { layout } from "./layout.ts";
import { rich } from "./rich.ts";
import { numbers, side } from "./side.ts";

/** Makes problem pages for readers; programs (by address or `Accept`) get null, and so the JSON. */
export function problemPage(context: Context) {
  return async (request: FastifyRequest, problem: ProblemError): Promise<string | null> => {
    const forPrograms = /^\/(v1|feeds|healthz|readyz|metrics|docs)\b/.test(request.url);
    if (forPrograms || !acceptsPages(request)) return null;
    const snapshot = await context.snapshot().catch(() => null);
    if (!snapshot) return null;
    const edition = editionAt(request.url, context.config);
    const around = { edition, config: context.config, snapshot };
    const { words } = edition;
    const { status, message } = problem;
    const title = words.problems[status] ?? words.problem;
    const text = words.problemTexts[status] ?? html`<bdi lang="en">${rich(message)}</bdi>`;
    const body = html`<div class="wrap columns">
${numbers(around)}
<main id="main"><div class="heading"><h1>${title}</h1><p>${text}</p></div>
<p><a class="button" href="${pathIn(edition, "/")}">${words.toTheLatest}</a></p>
${status >= 500 && html`<p class="meta">${words.request} ${request.id}</p>`}
</main>
${side(around)}
</div>`;
    return layout({ title, path: "", body }, context, around);
  };
}
