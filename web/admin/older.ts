import { type Html, html } from "../../lib/html.ts";
import { AnyMoment } from "../../model/request-times.ts";

/** Where a page goes back in time from; what isn't a date counts as not given. */
export const Before = AnyMoment.optional().catch(undefined);

/** The last of a page's lines if the page is full, so that there may be more. */
export function lastOfFull<T>(lines: readonly T[], size: number): T | undefined {
  return lines.length === size ? lines.at(-1) : undefined;
}

/** The link to what lies before `last` on the page at `address`; nothing without it. */
export function older(address: string, last: Date | null | undefined): Html | null {
  if (!last) return null;
  const join = address.includes("?") ? "&" : "?";
  const href = `${address}${join}before=${encodeURIComponent(last.toISOString())}`;
  return html`<p><a href="${href}" rel="next">Older</a></p>`;
}
