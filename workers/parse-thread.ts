import { classify } from "../classify/classify.ts";
import { LIMITS } from "../config/limits.ts";
import { fingerprint } from "../dedupe/fingerprint.ts";
import { discover } from "../discover/discover.ts";
import { extract } from "../extractors/extract.ts";
import { prepare } from "../extractors/language.ts";
import { decodeText } from "../fetch/charset.ts";
import type { Discovered, DiscoverTask, Extracted, ExtractTask } from "./parse-tasks.ts";

await prepare();

/** What a parser thread does with a task: bytes in, plain values out. */
export default function parse(task: ExtractTask | DiscoverTask): Extracted | Discovered {
  const { text } = decodeText(task.body, task.contentType);
  return task.task === "extract" ? extracted(task, text) : discovered(task, text);
}

function extracted({ url, now, source, hints }: ExtractTask, html: string): Extracted {
  const { select, language = null } = source;
  const extraction = extract({ html, url, now, select, language, hints });
  const { title, text, publishedAt } = extraction.fields;
  if (extraction.page.kind !== "article" || !title || !text) return { extraction, article: null };
  const classified = classify({ title, source, fields: extraction.fields });
  const at = publishedAt && publishedAt < now ? publishedAt : now;
  const print = fingerprint({ articleId: "", title: classified.title, text, at });
  return { extraction, article: { classified, fingerprint: print } };
}

function discovered(task: DiscoverTask, text: string): Discovered {
  const { body, contentType, kind, page, url, source, now } = task;
  const limits = { links: LIMITS.sitemapUrls };
  const input = { kind, body, text, contentType, url, page, source, now, limits };
  const discovery = discover(input);
  const empty = kind === "listing" && discovery.links.length === 0;
  const appShell = empty && extract({ html: text, url, now }).page.kind === "app-shell";
  return { discovery, appShell };
}
