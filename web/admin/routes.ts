import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { cached } from "../../lib/async.ts";
import { acceptsPages, requireActor } from "../auth/access.ts";
import { limitWaiting } from "../server/watch.ts";
import { formPage } from "./forms.ts";
import { frame, sendPage } from "./frame.ts";
import type { ActionResult, AdminDeps, AdminPage, PageContent, PageDeps } from "./page.ts";
import { PAGES } from "./pages.ts";
import { queuesUi } from "./system/queues.ts";
import { themeRoutes } from "./theme.ts";

/** `data:` allows the images inside the theme's styles. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ATTENTION_CACHE_MS = 10_000;

export async function countAttention(deps: AdminDeps): Promise<ReadonlyMap<string, number>> {
  const counts = PAGES.map(async (page): Promise<[string, number][]> => {
    const count = await page.countAttention?.(deps).catch(() => 0);
    return count ? [[page.path, count]] : [];
  });
  return new Map((await Promise.all(counts)).flat());
}

export function adminRoutes(admin: AdminDeps): FastifyPluginAsync {
  const attention = cached(() => countAttention(admin), { ttl: ATTENTION_CACHE_MS, size: 1 });
  const closing = new AbortController();
  const deps: PageDeps = {
    ...admin,
    countAttention: () => attention.get("all"),
    admit: limitWaiting(),
    closing: closing.signal,
  };
  const sendContent = async (
    request: FastifyRequest,
    reply: FastifyReply,
    page: AdminPage,
    content: PageContent,
  ) => {
    const { json, html } = content;
    const format = new URL(request.url, "http://localhost").searchParams.get("format");
    const isPage = format !== "json" && /text\/html|\*\/\*/.test(request.headers.accept ?? "*/*");
    if (!isPage) {
      return reply
        .header("cache-control", "no-store")
        .send(typeof json === "function" ? await json() : json);
    }
    if (content.location !== undefined) return reply.redirect(content.location, 303);
    const [body, counts] = await Promise.all([
      typeof html === "function" ? html() : html,
      deps.countAttention(),
    ]);
    const done = takeDone(request, reply);
    const framed = { title: page.title, ...content, body, done, attention: counts };
    reply.header("content-security-policy", page.frames ? `${POLICY}; frame-src 'self'` : POLICY);
    return sendPage(request, reply, frame(framed, request));
  };
  const sendResult = async (
    request: FastifyRequest,
    reply: FastifyReply,
    page: AdminPage,
    result: ActionResult,
  ) => {
    if (typeof result === "object" && "html" in result) {
      if (acceptsPages(request)) return sendContent(request, reply, page, result);
      const { json } = result;
      return reply.send(typeof json === "function" ? await json() : json);
    }
    const { location, done } =
      typeof result === "string"
        ? { location: formPage(request) ?? page.path, done: result }
        : result;
    if (acceptsPages(request)) {
      if (typeof done === "string") keepDone(reply, done);
      return reply.redirect(location, 303);
    }
    return reply.send(typeof done === "string" ? { done } : done);
  };
  return async (app) => {
    for (const page of PAGES) {
      const { path, right = "read", actions = [], files = [] } = page;
      const schema = { hide: true };
      app.get(path, { schema, config: { right } }, async (request, reply) => {
        return sendContent(request, reply, page, await page.show(request, deps));
      });
      for (const file of files) {
        const preHandler = file.asksWho ? [requireActor] : [];
        app.get(file.path, { schema, config: { right }, preHandler }, (request, reply) =>
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
    themeRoutes(app);
    app.addHook("preClose", async () => closing.abort());
    await app.register(queuesUi(deps.producer.queues()));
  };
}

const DONE_COOKIE = "newsgather-done";
const DONE_OPTIONS = { path: "/admin", httpOnly: true, sameSite: "lax" } as const;
const MAX_DONE_CHARS = 600;

function keepDone(reply: FastifyReply, done: string): void {
  reply.setCookie?.(DONE_COOKIE, done.slice(0, MAX_DONE_CHARS), { ...DONE_OPTIONS, maxAge: 60 });
}

function takeDone({ cookies }: FastifyRequest, reply: FastifyReply): string | undefined {
  const done = cookies?.[DONE_COOKIE];
  if (done !== undefined) reply.clearCookie(DONE_COOKIE, DONE_OPTIONS);
  return done;
}
