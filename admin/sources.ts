import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { may } from "../access/actor.ts";
import { type Html, html } from "../lib/html.ts";
import { isOffered, type SourceRecord } from "../model/source.ts";
import { readOverview } from "../store/overview.ts";
import { actionForm, answerAction, askedBy, Reason, readForm } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendPage } from "./frame.ts";
import { sourcesTable } from "./tables.ts";

const Until = z.iso
  .datetime({ local: true, error: "write a date and time" })
  .transform((text) => new Date(text.endsWith("Z") ? text : `${text}Z`));
const Form = z.object({
  id: z.string().min(1).max(63),
  reason: Reason,
  until: z.union([z.literal(""), Until]).default(""),
});

/** `/admin/sources`: how the sources do, and the forms that hold one and let it go on. */
export function sourcesPage({ store, timezone, now, actions }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/sources", { schema: { hide: true } }, async (request, reply) => {
      const overview = await readOverview(store, now(), 1);
      const forms =
        actions !== null && may(request, "operate") && formsOf(request, overview.sources);
      const body = html`${forms}${sourcesTable(overview, timezone, now())}`;
      return sendPage(reply, frame("Sources", body, request));
    });

    if (!actions) return;
    for (const verb of ["hold", "resume", "accept", "repair", "find"] as const) {
      const path = `/admin/sources/${verb}`;
      app.post(path, { schema: { hide: true } }, async (request, reply) => {
        const { id, reason, until } = readForm(Form, request);
        const asked = askedBy(request, reason);
        const done =
          verb === "hold" && until !== ""
            ? await actions.hold(id, asked, until)
            : await (verb === "find" ? actions.findMoved : actions[verb])(id, asked);
        return answerAction(request, reply, "/admin/sources", done);
      });
    }
  };
}

function formsOf(request: FastifyRequest, sources: SourceRecord[]): Html {
  const held = sources.filter((source) => source.held);
  const drifted = sources.filter((source) => source.drift?.length);
  const moved = sources.filter((source) => source.moved?.some(isOffered));
  const gone = sources.filter((source) => source.moved?.some(({ by }) => by === null));
  const free = sources.filter((source) => !source.held);
  return html`${free.length > 0 && choice(request, free, "hold", "Hold a source")}
${held.length > 0 && choice(request, held, "resume", "Let a source go on")}
${drifted.length > 0 && choice(request, drifted, "accept", "Accept how a source is read now")}
${moved.length > 0 && choice(request, moved, "repair", "Write the address that it has moved to")}
${gone.length > 0 && choice(request, gone, "find", "Look for an entry point that is gone")}`;
}

function choice(
  request: FastifyRequest,
  sources: SourceRecord[],
  verb: "hold" | "resume" | "accept" | "repair" | "find",
  title: string,
): Html {
  const options = sources.map(({ _id, name }) => html`<option value="${_id}">${name}</option>`);
  const until =
    verb === "hold" &&
    html` <label>Until (UTC; empty: until somebody lets it go on) <input type="datetime-local" name="until"></label>`;
  const fields = html`<label>Source <select name="id">${options}</select></label>${until}`;
  const form = { action: `/admin/sources/${verb}`, button: title, fields };
  return html`<section><h2>${title}</h2>${actionForm(request, form)}</section>`;
}
