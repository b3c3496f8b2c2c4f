import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { LIMITS } from "../../config/limits.ts";
import { decode } from "../../crawler/http/decode.ts";
import type { Hints } from "../../model/crawl/link.ts";
import type { Preview } from "../../model/sources/preview.ts";
import type { PickerField, Tally } from "../../model/sources/selector-picker.ts";
import { getBody } from "../../store/archive/bodies.ts";
import {
  type CapturePosition,
  getCapture,
  type ListedCapture,
  readCaptures,
} from "../../store/crawl/captures.ts";
import { getLink } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";

/** A stored page of an article, and what the entry point said about the article. */
export interface StoredPage {
  url: string;
  finalUrl: string;
  at: Date;
  body: Uint8Array;
  contentType: string | null;
  hints: Pick<Hints, "title" | "publishedAt">;
}

const decompress = promisify(gunzip);

const MAX_PAGES = 8;
const CAPTURES_PER_LIST = 200;
const MAX_LISTS = 5;

export async function previewPages({ pages, result, at }: Preview): Promise<StoredPage[]> {
  const titles = new Map(result?.links.map(({ url, title }) => [url, title]));
  const stored = pages.flatMap(({ kind, body, ...page }) =>
    kind === "article" && body ? [{ ...page, body }] : [],
  );
  return Promise.all(
    stored.map(async ({ url, finalUrl, headers, body }) => {
      const title = titles.get(url);
      return {
        url,
        finalUrl: finalUrl ?? url,
        at,
        body: new Uint8Array(await decompress(body)),
        contentType: headers["content-type"] ?? null,
        hints: title ? { title } : {},
      };
    }),
  );
}

/** Returns the latest archived page of each of a source's links, newest first; at most eight. */
export async function archivedPages(
  store: Store,
  sourceId: string,
  now: Date,
): Promise<StoredPage[]> {
  const found = new Map<string, ListedCapture>();
  let before: CapturePosition | undefined;
  for (let list = 0; list < MAX_LISTS && found.size < MAX_PAGES; list++) {
    const range = { limit: CAPTURES_PER_LIST, ...(before && { before }) };
    const page = await readCaptures(store, { of: { sourceId }, until: now }, range);
    for (const capture of page.captures.filter(isPage)) {
      if (!found.has(capture.linkId) && found.size < MAX_PAGES) found.set(capture.linkId, capture);
    }
    if (!page.next) break;
    before = page.next;
  }
  const pages = await Promise.all([...found.values()].map((capture) => open(store, capture)));
  return pages.filter((page) => page !== null);
}

function isPage({ kind, status, bodyId, truncated }: ListedCapture): boolean {
  return kind === "article" && status === 200 && bodyId !== null && !truncated;
}

async function open(store: Store, listed: ListedCapture): Promise<StoredPage | null> {
  const [capture, body, link] = await Promise.all([
    getCapture(store, listed._id),
    listed.bodyId ? getBody(store, listed.bodyId) : null,
    getLink(store, listed.linkId),
  ]);
  if (!capture || !body) return null;
  return {
    url: capture.url,
    finalUrl: capture.finalUrl,
    at: capture.fetchedAt,
    body: (await decode(body.bytes, body.encoding, LIMITS.decodedBytes)).bytes,
    contentType: capture.headers["content-type"] ?? null,
    hints: link?.hints ?? {},
  };
}

/** A date without a time can be in any time zone. */
const DAY_TOLERANCE_MS = 36 * 3_600_000;

/** Returns the number of pages for whose field the entry point gave a hint. */
export function hintedOf(pages: readonly StoredPage[], field: PickerField): number {
  return pages.filter((page) => agrees(page, field, null) !== null).length;
}

/** Counts a field's values, one per page: found, different, and equal to the entry point's hint. */
export function tallyOf(
  pages: readonly StoredPage[],
  field: PickerField,
  values: readonly (string | null)[],
): Tally {
  const there = values.filter((value) => value !== null);
  const right = pages.filter((page, index) => agrees(page, field, values[index] ?? null));
  return { filled: there.length, distinct: new Set(there).size, agrees: right.length };
}

/** Whether a value matches the entry point's hint for the field; null if there is no hint. */
function agrees(
  { hints }: Pick<StoredPage, "hints">,
  field: PickerField,
  value: string | null,
): boolean | null {
  if (field === "title" && hints.title !== undefined) {
    return value !== null && folded(value) === folded(hints.title);
  }
  if (field === "publishedAt" && hints.publishedAt !== undefined) {
    return (
      value !== null && Math.abs(Date.parse(value) - hints.publishedAt.getTime()) < DAY_TOLERANCE_MS
    );
  }
  return null;
}

function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
