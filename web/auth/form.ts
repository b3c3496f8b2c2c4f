import { createHmac } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { type Html, html } from "../../lib/html.ts";
import { ProblemError } from "../../model/problem.ts";
import { sameSecret } from "./secret.ts";

/** Name of the hidden field. */
const FIELD = "_csrf";

/**
 * The hidden field that every form below `/admin` needs: a code that only a page of ours can show,
 * made of the session's token (OWASP: HMAC based token pattern).
 */
export function formToken({ actor }: FastifyRequest): Html {
  return html`<input type="hidden" name="${FIELD}" value="${codeOf(actor?.session ?? "")}">`;
}

/** Throws unless a form was sent from one of our own pages. */
export function checkForm(request: FastifyRequest): void {
  const { actor, body } = request;
  if (!actor?.session) return;
  const sent = typeof body === "object" && body !== null ? Reflect.get(body, FIELD) : undefined;
  if (typeof sent === "string" && sameSecret(sent, codeOf(actor.session))) return;
  throw new ProblemError(403, "stale-form", "This form has expired. Open its page again.");
}

/**
 * Throws when a browser says that a writing request comes from a page of another site, which the
 * user may not even see (`Sec-Fetch-Site`, else `Origin`); programs say neither.
 */
export function checkOrigin({ headers, host }: FastifyRequest): void {
  const site = headers["sec-fetch-site"];
  const { origin } = headers;
  const ours =
    site === undefined
      ? origin === undefined || hostOf(origin) === host
      : site === "same-origin" || site === "none";
  if (!ours) throw new ProblemError(403, "other-site", "This form was sent by another site.");
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function codeOf(session: string): string {
  return createHmac("sha256", session).update("form").digest("base64url");
}
