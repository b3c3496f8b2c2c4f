import { shortHash } from "../../lib/hash.ts";
import type { Routes } from "../server/context.ts";
import { ICON, STYLE } from "./pages/style.ts";

/** The style sheet and the icon; nothing else is loaded by a page. */
export const assetsRoutes: Routes = (app) => {
  serve("/assets/portal.css", "text/css; charset=utf-8", STYLE);
  serve("/assets/icon.svg", "image/svg+xml", ICON);

  function serve(path: string, type: string, content: string): void {
    const etag = `"${shortHash(content)}"`;
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      reply.header("etag", etag).header("cache-control", "max-age=3600");
      if (request.headers["if-none-match"] === etag) return reply.code(304).send();
      return reply.header("content-type", type).send(Buffer.from(content));
    });
  }
};
