import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { extract, prepare } from "../../extractors/extract.ts";
import { decodeText } from "../../fetch/charset.ts";
import { type BatchPage, type PageTask, pageOf } from "./extract-page.ts";

await prepare();

/** Largest page that is unpacked, bytes. */
const LARGEST = 50_000_000;

/** What a thread does with one page: reads its file, decodes and extracts it. */
export default function extractPage({ id, url, file, now }: PageTask): BatchPage {
  const bytes = readFileSync(file);
  const body = file.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: LARGEST }) : bytes;
  const { text: html } = decodeText(body, null);
  return pageOf(id, extract({ html, url, now }));
}
