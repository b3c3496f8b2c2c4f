import type { FastifyInstance } from "fastify";
import type { Store } from "../../store/store.ts";
import { codeIn, FORM, login } from "./gated.ts";
import { BROWSER } from "./portal.ts";

/** Fields of a form; a list stands for several of one name. */
export type Fields = Record<string, string | readonly string[]>;

/** The session of a user who logs in with a browser. */
export async function startSession(app: FastifyInstance, name: string) {
  return sessionOf(app, (await login(app, name)).cookie);
}

/** The session that a cookie stands for. */
export function sessionOf(app: FastifyInstance, cookie: string) {
  const get = (url: string, headers: Record<string, string> = BROWSER) =>
    app.inject({ url, headers: { ...headers, cookie } });
  /** The HTML of a page. */
  const page = async (url: string) => (await get(url)).body;
  /** What a page has as JSON. */
  const json = async <T>(url: string) => (await get(url, { accept: "application/json" })).json<T>();
  /** Sends a form with the code of the page `from`. */
  const send = async (url: string, fields: Fields, from = url) => {
    const payload = new URLSearchParams({ _csrf: codeIn(await page(from)) });
    for (const [field, value] of Object.entries(fields)) {
      if (field === "_csrf") payload.delete("_csrf");
      for (const one of [value].flat()) payload.append(field, one);
    }
    const headers = { ...FORM, cookie, referer: FORM.origin + from };
    return app.inject({ method: "POST", url, headers, payload: payload.toString() });
  };
  return { cookie, get, page, json, send };
}

export type Session = ReturnType<typeof sessionOf>;

/** Where the server's clock is in the past: the database removes what has expired by its own clock. */
export async function makeSessionsLast({ collections }: Store): Promise<void> {
  await collections.sessions.updateMany({}, { $set: { expiresAt: new Date(4e12) } });
}
