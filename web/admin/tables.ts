import { z } from "zod";
import { type Html, html, httpUrl, type Part } from "../../lib/text.ts";
import { dayIn } from "../../lib/time.ts";
import { AnyMoment } from "../../model/request-times.ts";

function columnsOfNumbers(row: Html | undefined): boolean[] {
  return [...(row?.markup ?? "").matchAll(/<t[dh]( class="n")?/g)].map(([, n]) => n !== undefined);
}

/** For each sort key: the heading of its column, and the value by which rows are sorted. */
export type Sorts<Row> = Readonly<
  Record<string, readonly [head: string, valueOf: (row: Row) => string | number | null]>
>;

/** How users can sort a table that shows one page of a longer list. The server sorts the list. */
export interface Paged {
  /** How the server sorts the whole list; if missing, users can't sort the list. */
  sorts?: {
    keys: Sorts<never>;
    /** The current sort key, which begins with `-` for descending order. */
    current: string | undefined;
    to: (sort: string) => string;
  };
}

/** Returns a table with a heading. If there are no rows, returns the heading and `none` instead. */
export function section(
  title: string,
  heads: string[],
  rows: Html[],
  none: Part,
  paged: Paged | false | null = null,
): Html {
  if (rows.length === 0)
    return html`<section class="card card-body"><h2 class="card-title">${title}</h2><p class="text-secondary mb-0">${none}</p></section>`;
  const numbers = columnsOfNumbers(rows[0]);
  return html`<section class="card"><div class="card-header"><h2 class="card-title">${title}</h2></div><div class="table-responsive" tabindex="0" role="region" aria-label="${title}"><table class="table card-table"${paged && html` data-paged`}>
<thead><tr>${heads.map((head, n) => (head === "" ? html`<td></td>` : columnHead(head, numbers[n] ?? false, paged || {})))}</tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

function columnHead(head: string, isNumber: boolean, { sorts }: Paged): Html {
  const [key] = Object.entries(sorts?.keys ?? {}).find(([, [one]]) => one === head) ?? [];
  const cssClass = isNumber && html` class="n"`;
  if (!sorts || key === undefined) return html`<th scope="col"${cssClass}>${head}</th>`;
  const { current, to } = sorts;
  const [isUp, isDown] = [current === key, current === `-${key}`];
  const order = isUp ? "asc" : isDown ? "desc" : "";
  const state = (isUp || isDown) && html` aria-sort="${isUp ? "ascending" : "descending"}"`;
  return html`<th scope="col"${cssClass}${state}><a class="table-sort ${order}" href="${to(isUp ? `-${key}` : key)}">${head}</a></th>`;
}

/** Returns the schema of a sort key; one that isn't among `keys` counts as missing. */
export function sortKey(keys: readonly string[]) {
  return z
    .string()
    .refine((sort) => keys.includes(sort.replace(/^-/, "")))
    .optional()
    .catch(undefined);
}

/** Sorts rows by the key `sort` (after `-`: descending), nulls last; ignores unknown keys. */
export function sortRows<Row>(
  rows: readonly Row[],
  sort: string | undefined,
  sorts: Sorts<Row>,
): Row[] {
  const wanted = sort?.replace(/^-/, "");
  const [, valueOf] = Object.entries(sorts).find(([key]) => key === wanted)?.[1] ?? [];
  if (!valueOf) return [...rows];
  const way = sort?.startsWith("-") ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .toSorted((a, b) => {
      if (a.value === null || b.value === null)
        return Number(a.value === null) - Number(b.value === null);
      if (typeof a.value === "number" && typeof b.value === "number")
        return way * (a.value - b.value);
      return way * String(a.value).localeCompare(String(b.value), "en", { numeric: true });
    })
    .map(({ row }) => row);
}

/** Returns names and values below each other; a fact whose value is missing or empty is left out. */
export function factsList(facts: readonly (readonly [name: string, value: Part])[]): Html {
  const rows = facts.map(
    ([name, value]) =>
      (value || value === 0) &&
      html`<dt class="col-4 col-md-2">${name}</dt><dd class="col-8 col-md-10"><bdi>${value}</bdi></dd>\n`,
  );
  return html`<dl class="row mb-0">${rows}</dl>`;
}

/** Returns a table with names and values in two columns. */
export function factsTable(facts: readonly (readonly [name: string, value: Part])[]): Html {
  return html`<div class="table-responsive"><table class="table"><tbody>
${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table></div>`;
}

/** Returns a link that sends no referrer; only the text if the URL isn't an http(s) URL. */
export function externalLink(url: string, text: Part = url): Part {
  const safe = httpUrl(url);
  return safe ? html`<a href="${safe}" rel="external noopener noreferrer">${text}</a>` : text;
}

export const PAGE_SIZE = 100;

/** Returns one page of a list; pages count from 1. */
export function pageOf<T>(all: readonly T[], page: number): T[] {
  return all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
}

export function pager(total: number, page: number, to: (page: number) => string): Html | false {
  const pages = Math.ceil(total / PAGE_SIZE);
  if (pages < 2) return false;
  return html`<p>Page ${page} of ${pages}. ${page > 1 && html`<a href="${to(page - 1)}" rel="prev">Previous</a> `}${page < pages && html`<a href="${to(page + 1)}" rel="next">Next</a>`}</p>`;
}

/** Schema of a time that limits a list to older entries; an invalid time counts as missing. */
export const Before = AnyMoment.optional().catch(undefined);

/** Returns a link to the lines before those with `times`; null if these don't fill a page. */
export function older(address: string, times: readonly (Date | null)[]): Html | null {
  const last = times.at(-1);
  if (!last || times.length < PAGE_SIZE) return null;
  const join = address.includes("?") ? "&" : "?";
  const href = `${address}${join}before=${encodeURIComponent(last.toISOString())}`;
  return html`<p><a href="${href}" rel="next">Older</a></p>`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats a time as `25 Nov, 14:05:09`, with the year if it isn't the current one. */
export function at(zone: string, time: Date | null, now = new Date()): Html {
  if (!time) return html`<span>&ndash;</span>`;
  const isOtherYear = dayIn(zone, time).slice(0, 4) !== dayIn(zone, now).slice(0, 4);
  const kind = `${zone} ${isOtherYear}`;
  const format =
    formats.get(kind) ??
    new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      day: "numeric",
      month: "short",
      ...(isOtherYear && { year: "numeric" }),
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
  formats.set(kind, format);
  return html`<time datetime="${time.toISOString()}">${format.format(time)}</time>`;
}

const TIMESTAMP_PATTERN = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

export function withTimes(zone: string, text: string): Html {
  const parts = text
    .split(TIMESTAMP_PATTERN)
    .map((part, n) => (n % 2 && !Number.isNaN(Date.parse(part)) ? at(zone, new Date(part)) : part));
  return html`${parts}`;
}

export function articlePath(id: string): string {
  return `/admin/article?article=${encodeURIComponent(id)}`;
}

export function sourcePath(id: string): string {
  return `/admin/source?id=${encodeURIComponent(id)}`;
}

export function sourceLink(id: string, name: string = id): Html {
  return html`<a href="${sourcePath(id)}"><bdi>${name}</bdi></a>`;
}

/** Returns the conditions of a filter as text. */
export function conditionsOf(filter: object): string {
  const conditions = Object.entries(filter).map(([field, values]) => `${field} ${String(values)}`);
  return conditions.join("; ") || "everything";
}
