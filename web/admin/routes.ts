import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { acceptsPages, actorName } from "../auth/actor.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendPage } from "./frame.ts";
import type { ActionResult, AdminPage, PageContent } from "./page.ts";
import { PAGES } from "./pages.ts";
import { queuesUi } from "./system/queues.ts";

/** The admin as a Fastify plugin: `/admin` and what is below it. */
export function adminRoutes(deps: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    for (const page of PAGES) {
      const { path, title, right = "read", policy, actions = [], files = [] } = page;
      const schema = { hide: true };
      app.get(path, { schema, config: { right } }, async (request, reply) => {
        if (policy) reply.header("content-security-policy", policy);
        return sendContent(request, reply, title, await page.show(request, deps));
      });
      for (const file of files) {
        const preHandler = async (request: FastifyRequest) =>
          void (file.asksWho && actorName(request));
        const config = { right: file.right ?? right };
        app.get(file.path, { schema, config, preHandler }, (request, reply) =>
          file.send(request, reply, deps),
        );
      }
      for (const action of actions) {
        const config = { right: action.right };
        app.post(action.path, { schema, config }, async (request, reply) =>
          sendResult(request, reply, page, await action.run(request, deps)),
        );
      }
    }
    await app.register(queuesUi(deps.producer.queues()));
  };
}

/** Sends HTML to a browser, JSON to a program or who asks with `format=json`. */
async function sendContent(
  request: FastifyRequest,
  reply: FastifyReply,
  pageTitle: string,
  { json, html, title = pageTitle, headers = {} }: PageContent,
): Promise<FastifyReply> {
  reply.headers(headers);
  const format = new URL(request.url, "http://localhost").searchParams.get("format");
  const isPage = format !== "json" && /text\/html|\*\/\*/.test(request.headers.accept ?? "*/*");
  if (isPage) {
    const body = typeof html === "function" ? await html() : html;
    return sendPage(reply, frame(title, body, request));
  }
  return reply
    .header("cache-control", "no-store")
    .send(typeof json === "function" ? await json() : json);
}

/** Answers an action: a browser goes to a page, a program gets what was done. */
async function sendResult(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, title }: AdminPage,
  result: ActionResult,
): Promise<FastifyReply> {
  if (typeof result === "object" && "html" in result) {
    return sendContent(request, reply, title, result);
  }
  const { location, done } = typeof result === "string" ? { location: path, done: result } : result;
  if (acceptsPages(request)) return reply.redirect(location, 303);
  return reply.send(typeof done === "string" ? { done } : done);
}
