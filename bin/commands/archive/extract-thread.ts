import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { loadPlaces } from "../../../articles/reading/gazetteer.ts";
import { decodeText } from "../../../crawler/http/decode.ts";
import { extract } from "../../../extractors/extract.ts";
import { prepare } from "../../../extractors/language.ts";
import { extractPdf } from "../../../extractors/pdf/pdf.ts";
import { isPdf } from "../../../lib/text.ts";
import { type BatchPage, type PageTask, pageOf } from "./extract-page.ts";

await prepare();
const places = loadPlaces();

const MAX_PAGE_BYTES = 50_000_000;

/** Extracts one page in a worker thread. With null, only starts the thread, and returns null. */
export default async function extractPage(task: PageTask | null): Promise<BatchPage | null> {
  if (!task) return null;
  const { id, url, file, now } = task;
  const bytes = readFileSync(file);
  const body = file.endsWith(".gz")
    ? gunzipSync(bytes, { maxOutputLength: MAX_PAGE_BYTES })
    : bytes;
  if (isPdf(body)) return pageOf(id, await extractPdf({ bytes: body, url, now }), places);
  return pageOf(id, extract({ html: decode(body), url, now }), places);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Tried second: browsers often save a page as UTF-8 but keep its old charset declaration.
    return decodeText(bytes, null).text;
  }
}
