import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import { SHORTEST_REASON } from "../../model/operations/audit.ts";
import { ProblemError } from "../../model/problem.ts";
import {
  POINTED,
  type PointedField,
  type Proposal,
  type Trial,
} from "../../model/sources/pointing.ts";
import { ASSETS } from "../assets.ts";
import { acceptsPages } from "../auth/actor.ts";
import { formToken } from "../auth/form.ts";
import { askedBy, readForm, readQuery } from "./actions.ts";
import type { AdminDeps, PointedOf } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { fieldChoice, proposalsTable, trialSection } from "./point-parts.ts";

const Selector = z.string().trim().max(500);
const Of = { preview: z.string().max(64).optional(), source: z.string().max(63).optional() };
const Query = z.object({
  ...Of,
  n: z.coerce.number().int().min(0).max(100).catch(0),
  field: z.enum(POINTED).catch("title"),
  at: z.union([z.literal(""), z.coerce.number().int().min(0).max(200_000)]).default(""),
  selector: Selector.default(""),
  /** The selectors are wanted, or what one of them would change. */
  step: z.enum(["choose", "try"]).catch("choose"),
});
const Form = z.object({
  ...Of,
  field: z.enum(POINTED),
  selector: Selector.min(1),
  reason: z.string().trim().max(500).default(""),
});

/**
 * A page that came from elsewhere runs nothing and asks nobody. That it counts as of our own origin lets
 * the script of the page around it hear clicks; it has no script that could make use of it.
 */
const FRAMED_POLICY =
  "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";
const POINT_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'";

type Asked = z.output<typeof Query>;

interface Shown {
  name: string;
  pages: { url: string; at: Date }[];
  proposals: Proposal[];
  trial: Trial | null;
}

/** `/admin/point`: an operator points at a field in a kept page, gets selectors, and sees what one would change. */
export function pointPage({ pointing, actions, timezone }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    if (!pointing || !actions) return;
    app.get("/admin/point", { schema: { hide: true } }, async (request, reply) => {
      const asked = readQuery(Query, request);
      const { field, selector, n, step } = asked;
      const of = ofWhat(asked);
      const tries = step === "try" && selector !== "";
      const at = asked.at === "" ? null : asked.at;
      const [opened, proposals, trial] = await Promise.all([
        pointing.open(of),
        tries ? [] : pointing.proposals(of, { n, field, at }),
        tries ? pointing.trial(of, { field, selector }) : null,
      ]);
      const shown = { ...opened, proposals, trial };
      reply.header("content-security-policy", POINT_POLICY);
      return sendEither(request, reply, shown, () =>
        frame("Point at a field", bodyOf(request, asked, shown, timezone), request),
      );
    });

    app.get("/admin/point/page", { schema: { hide: true } }, async (request, reply) => {
      const asked = readQuery(Query, request);
      const page = await pointing.marked(ofWhat(asked), asked.n);
      if (page === null) throw new ProblemError(404, "not-found", "This page isn't kept.");
      return reply
        .header("content-security-policy", FRAMED_POLICY)
        .header("cache-control", "no-store")
        .header("content-type", "text/html; charset=utf-8")
        .send(page);
    });

    app.post("/admin/point", { schema: { hide: true } }, async (request, reply) => {
      const { field, selector, reason, ...rest } = readForm(Form, request);
      const of = ofWhat(rest);
      const isLive = "source" in of;
      if (isLive && reason.length < SHORTEST_REASON) {
        throw new ProblemError(400, "invalid-form", "reason: say why, in a few words");
      }
      const done = await actions.useSelector(of, { field, selector, ...askedBy(request, reason) });
      return answer(request, reply, done, of);
    });
  };
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  done: { previewId: string } | { done: string },
  of: PointedOf,
): FastifyReply {
  if (!acceptsPages(request)) return reply.send(done);
  if ("previewId" in done) return reply.redirect(`/admin/preview?id=${done.previewId}`, 303);
  const source = "source" in of ? of.source : "";
  return reply.redirect(`/admin/versions?source=${encodeURIComponent(source)}`, 303);
}

function ofWhat({ preview, source }: Pick<Asked, "preview" | "source">): PointedOf {
  if (preview) return { preview };
  if (source) return { source };
  throw new ProblemError(400, "invalid-query", "Name a preview or a source.");
}

function bodyOf(request: FastifyRequest, asked: Asked, shown: Shown, zone: string): Html {
  const { name, pages, trial } = shown;
  const back = asked.preview
    ? html`<a href="/admin/preview?id=${asked.preview}">its preview</a>`
    : html`<a href="/admin/runs?source=${asked.source}">its runs</a>`;
  const head = html`<div><h1>Point at a field of <bdi>${name}</bdi></h1><p>Back to ${back}.</p></div>`;
  if (pages.length === 0) {
    return html`${head}<p>No page of an article is kept: preview the source again, or wait for its next run.</p>`;
  }
  if (trial) return html`${head}${trialSection(trial, zone)}${useForm(request, asked, trial)}`;
  return html`${head}${chooseForm(asked, shown)}${framed(asked, pages[asked.n]?.url ?? "")}
<script type="module" src="${ASSETS["point.js"].path}"></script>`;
}

function hidden(asked: Pick<Asked, "preview" | "source">): Html {
  return asked.preview
    ? html`<input type="hidden" name="preview" value="${asked.preview}">`
    : html`<input type="hidden" name="source" value="${asked.source}">`;
}

/** One form for pointing (a click sets `at`), for another field or page, and for trying a selector. */
function chooseForm(asked: Asked, { pages, proposals }: Shown): Html {
  const options = pages.map(
    ({ url }, n) => html`<option value="${n}"${n === asked.n && html` selected`}>${url}</option>`,
  );
  return html`<form class="point" method="get" action="/admin/point">${hidden(asked)}<input type="hidden" name="at" value="">
${fieldChoice(asked.field)}<label>Page <select name="n">${options}</select></label> <button name="step" value="choose">Look on this page</button></form>
<form method="get" action="/admin/point">${hidden(asked)}<input type="hidden" name="field" value="${asked.field}"><input type="hidden" name="n" value="${asked.n}">
${proposalsTable(proposals, asked.selector)}
${proposals.length > 0 && html`<button name="step" value="try">Show what it would change</button>`}</form>
<form method="get" action="/admin/point">${hidden(asked)}<input type="hidden" name="field" value="${asked.field}"><label>Or a selector of your own <input name="selector" required maxlength="500" size="50" value="${asked.selector}"></label>
<button name="step" value="try">Show what it would change</button></form>`;
}

function framed({ preview, source, n }: Asked, url: string): Html {
  const of = new URLSearchParams({
    ...(preview ? { preview } : { source: source ?? "" }),
    n: `${n}`,
  });
  return html`<section><h2>The page as it came</h2><p class="url">${url}</p><p data-hint hidden>Choose the field above, then click it in the page.</p>
<iframe data-point sandbox="allow-same-origin" title="The page as it came" src="/admin/point/page?${of.toString()}"></iframe></section>`;
}

function useForm(request: FastifyRequest, asked: Asked, { field, selector }: Trial): Html {
  const why = asked.source
    ? html`<label>Why <input name="reason" required minlength="${SHORTEST_REASON}" maxlength="500" size="40"></label>`
    : null;
  const words = asked.source ? "Write it into the source" : "Use it and preview again";
  return html`<form method="post" action="/admin/point">${formToken(request)}${hidden(asked)}<input type="hidden" name="field" value="${field}"><input type="hidden" name="selector" value="${selector}">${why}
<button>${words}</button></form>
<p><a href="${backTo(asked, field)}">Choose another selector</a></p>`;
}

function backTo({ preview, source, n }: Asked, field: PointedField): string {
  const of = preview ? { preview } : { source: source ?? "" };
  return `/admin/point?${new URLSearchParams({ ...of, n: `${n}`, field }).toString()}`;
}
