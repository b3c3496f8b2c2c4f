import type { FastifyInstance } from "fastify";
import type { Store } from "../../store/store.ts";
import { codeIn, FORM, login } from "./gated.ts";
import { BROWSER } from "./portal.ts";

/** Fields of a form; a list holds several values for one name. */
export type Fields = Record<string, string | readonly string[]>;

/** Logs a user in as a browser does and returns their session. */
export async function startSession(app: FastifyInstance, name: string) {
  return sessionOf(app, (await login(app, name)).cookie);
}

/** Returns the session for a cookie. */
export function sessionOf(app: FastifyInstance, cookie: string) {
  const get = (url: string, headers: Record<string, string> = BROWSER) =>
    app.inject({ url, headers: { ...headers, cookie } });
  /** Returns the HTML of a page. */
  const page = async (url: string) => (await get(url)).body;
  /** Returns a page's JSON. */
  const json = async <T>(url: string) => (await get(url, { accept: "application/json" })).json<T>();
  /** Sends a form with the code from the page `from`. */
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

/**
 * Postpones the expiry of sessions for a server whose clock is in the past: the database removes what has expired by
 * its own clock.
 */
export async function makeSessionsLast({ collections }: Store): Promise<void> {
  await collections.sessions.updateMany({}, { $set: { expiresAt: new Date(4e12) } });
}
