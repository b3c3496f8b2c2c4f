import { gunzipSync } from "node:zlib";
import { decodeText } from "../../crawler/http/charset.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { Preview, PreviewPage } from "../../model/preview.ts";
import { getPreview, previewIds, removePreviews } from "../../store/previews.ts";
import type { Store } from "../../store/store.ts";
import { type Finds, findsIn } from "./needles.ts";
import type { Progress } from "./subject.ts";

/** Removes previews that name, show or hold what is erased, fixtures too; answers how many. */
export async function erasePreviews(
  store: Store,
  { keys, finds }: { keys: ReadonlySet<string>; finds: Finds },
  { dryRun, progress }: { dryRun: boolean; progress: Progress },
): Promise<number> {
  const found: string[] = [];
  // One by one: a preview may be megabytes.
  for (const id of await previewIds(store)) {
    const preview = await getPreview(store, id);
    if (preview && holds(preview, keys, finds)) found.push(id);
  }
  if (!dryRun) await removePreviews(store, found);
  progress("previews", found.length);
  return found.length;
}

function holds({ pages, ...rest }: Preview, keys: ReadonlySet<string>, finds: Finds): boolean {
  return findsIn(finds, rest) || pages.some((page) => isOf(page, keys) || finds(textOf(page)));
}

function isOf({ url, finalUrl }: PreviewPage, keys: ReadonlySet<string>): boolean {
  return [url, finalUrl].some((one) => one !== null && keys.has(urlKey(one)));
}

function textOf({ url, body, headers }: PreviewPage): string {
  if (!body) return url;
  return `${url} ${decodeText(gunzipSync(body), headers["content-type"]).text}`;
}
