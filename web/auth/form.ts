import { createHmac } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { type Html, html } from "../../lib/text.ts";
import { ProblemError } from "../../model/problem.ts";
import { sameSecret } from "./secret.ts";

const CSRF_FIELD = "_csrf";

/** Returns the hidden CSRF field that each form of the admin needs (OWASP: HMAC-based token). */
export function formToken({ actor }: FastifyRequest): Html {
  return html`<input type="hidden" name="${CSRF_FIELD}" value="${codeOf(actor?.session ?? "")}">`;
}

/** Throws a 403 problem if a logged-in user's form isn't from one of the admin's own pages. */
export function checkForm(request: FastifyRequest): void {
  const { actor, body } = request;
  if (!actor?.session) return;
  const sent =
    typeof body === "object" && body !== null ? Reflect.get(body, CSRF_FIELD) : undefined;
  if (typeof sent === "string" && sameSecret(sent, codeOf(actor.session))) return;
  const detail = "This form has expired. Open the page with the form again.";
  throw new ProblemError(403, "stale-form", detail);
}

/**
 * Throws a 403 problem if a page on another site sent the request. Requests without
 * `Sec-Fetch-Site` and `Origin` pass, because they aren't from browsers.
 */
export function checkOrigin({ headers, host }: FastifyRequest): void {
  const site = headers["sec-fetch-site"];
  const { origin } = headers;
  const ours =
    site === undefined
      ? origin === undefined || hostOf(origin) === host
      : site === "same-origin" || site === "none";
  if (!ours) {
    const detail = "This form was sent from another site. Send it from a page of this site.";
    throw new ProblemError(403, "other-site", detail);
  }
}

export function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}

function codeOf(session: string): string {
  return createHmac("sha256", session).update("form").digest("base64url");
}
