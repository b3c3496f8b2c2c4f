import { type Html, html } from "../../lib/html.ts";

/** Rows on one page of a list. */
export const PAGE = 100;

/** One page of a list, from 1. */
export function pageOf<T>(all: readonly T[], page: number): T[] {
  return all.slice((page - 1) * PAGE, page * PAGE);
}

/** The way to the pages before and after, where there are several; `to` is the address of one. */
export function pager(total: number, page: number, to: (page: number) => string): Html | false {
  const pages = Math.ceil(total / PAGE);
  if (pages < 2) return false;
  return html`<p>Page ${page} of ${pages}. ${page > 1 && html`<a href="${to(page - 1)}" rel="prev">Before</a> `}${page < pages && html`<a href="${to(page + 1)}" rel="next">Next</a>`}</p>`;
}

/** Sources to choose from, as options of a form's list. */
export function sourceOptions(
  sources: readonly { _id: string; name: string }[],
  chosen?: string,
): Html[] {
  return sources.map(
    ({ _id, name }) =>
      html`<option value="${_id}"${_id === chosen && html` selected`}>${name}</option>`,
  );
}
