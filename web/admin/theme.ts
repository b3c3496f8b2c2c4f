import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/text.ts";
import { checked } from "../../model/problem.ts";
import { formToken } from "../auth/form.ts";
import { localPath } from "../auth/login.ts";
import { formPage } from "./forms.ts";
import { icon } from "./icons.ts";

const THEME_COOKIE = "newsgather-theme";
const COOKIE_AGE_S = 365 * 86_400;

const Theme = z.enum(["light", "dark"]);
const Form = z.object({ theme: z.union([Theme, z.literal("")]), next: z.string().max(2000) });

function chosen({ cookies }: FastifyRequest): "light" | "dark" | undefined {
  return Theme.safeParse(cookies?.[THEME_COOKIE]).data;
}

export function themeOf(request: FastifyRequest): Html | false {
  const theme = chosen(request);
  return theme !== undefined && html` data-bs-theme="${theme}"`;
}

export function themeSwitch(request: FastifyRequest): Html {
  const theme = chosen(request);
  const [next, name, picture] = (
    {
      light: ["dark", "dark", "moon"],
      dark: ["", "the system's", "sun-moon"],
      system: ["light", "light", "sun"],
    } as const
  )[theme ?? "system"];
  return html`<form method="post" action="/admin/theme">${formToken(request)}<input type="hidden" name="theme" value="${next}"><input type="hidden" name="next" value="${request.method === "GET" ? request.url : (formPage(request) ?? "/admin")}">
<button class="btn btn-icon btn-ghost-secondary" title="Appearance: change to ${name}" aria-label="Change the appearance to ${name}">${icon(picture)}</button></form>`;
}

export function themeRoutes(app: FastifyInstance): void {
  const schema = { hide: true };
  app.post("/admin/theme", { schema }, async (request, reply) => {
    const { theme, next } = checked(Form, request.body ?? {}, "invalid-form");
    const options = { path: "/admin", sameSite: "lax" } as const;
    if (theme === "") reply.clearCookie(THEME_COOKIE, options);
    else reply.setCookie(THEME_COOKIE, theme, { ...options, maxAge: COOKIE_AGE_S });
    return reply.redirect(localPath(next), 303);
  });
}
