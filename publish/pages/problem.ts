import type { FastifyRequest } from "fastify";
import { acceptsPages } from "../../access/accepts.ts";
import { html } from "../../lib/html.ts";
import type { Context } from "../context.ts";
import type { ProblemError } from "../problem.ts";
import { layout } from "./layout.ts";
import { side } from "./side.ts";

const HEADINGS: Record<number, string> = {
  400: "This address can't be read",
  401: "This is for operators",
  403: "This is not yours to do",
  404: "Nothing here",
  410: "No longer available",
  429: "Too many requests",
};

/** Makes problem pages for readers; programs (by address or `Accept`) get null, and so the JSON. */
export function problemPage(context: Context) {
  return async (request: FastifyRequest, problem: ProblemError): Promise<string | null> => {
    const forPrograms = /^\/(v1|feeds|healthz|readyz|metrics|docs)\b/.test(request.url);
    if (forPrograms || !acceptsPages(request)) return null;
    const snapshot = await context.snapshot().catch(() => null);
    if (!snapshot) return null;
    const title = HEADINGS[problem.status] ?? "Something went wrong";
    const body = html`<div class="wrap columns">
<main id="main"><div class="heading"><h1>${title}</h1><p>${problem.message}</p></div>
<p><a class="button" href="/">To the latest articles</a></p>
${problem.status >= 500 && html`<p class="meta">Request ${request.id}</p>`}
</main>
${side(context.config, snapshot)}
</div>`;
    return layout({ title, path: "", body }, context, snapshot);
  };
}
