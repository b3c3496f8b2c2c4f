import { contentHash } from "../../articles/publication/article.ts";
import { judgePage, reservationsOf } from "../../articles/reading/page-verdict.ts";
import { pageOf } from "../../articles/reading/parse-tasks.ts";
import type { Parser } from "../../articles/reading/parser.ts";
import { forStore, holding } from "../../articles/reading/reserved.ts";
import type { Visited } from "../../crawler/visit.ts";
import type { FoundLink } from "../../model/discovery.ts";
import type { Extraction, FieldName } from "../../model/extraction.ts";
import type { PreviewArticle, PreviewField } from "../../model/preview.ts";
import { skippedText } from "../../model/skipped.ts";
import type { SourceRecord } from "../../model/source.ts";

/** Characters of a value that are kept. */
const SHOWN = 600;

/** Reads a page that was fetched for a preview as a run would, up to where it would be stored. */
export async function previewArticle(
  { parser, product, now }: { parser: Pick<Parser, "extract">; product: string; now: () => Date },
  { url, hints }: Pick<FoundLink, "url" | "hints">,
  came: Visited,
  source: SourceRecord,
): Promise<PreviewArticle> {
  const nothing = {
    url,
    title: hints.title ?? null,
    fields: [],
    length: 0,
    contentHash: null,
    publishedAt: null,
    needsBrowser: false,
  };
  if ("failed" in came) return { ...nothing, why: came.failed.detail };
  if ("refused" in came) return { ...nothing, why: skippedText(came.refused) };
  const { received, byHost } = came;
  const elsewhere = reservationsOf(received, [], product, byHost);
  const extracted = await parser
    .extract({
      task: "extract",
      ...pageOf(source, received, now()),
      hints,
      reserved: elsewhere,
    })
    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof extracted === "string") return { ...nothing, why: extracted };
  if (extracted.withdrawn) return { ...nothing, why: `withdrawn: "${extracted.withdrawn}"` };
  const markup = extracted.extraction.page.reservations;
  const reserved = holding(reservationsOf(received, markup, product, byHost), source);
  const verdict = judgePage(extracted, reserved, {
    lane: "http",
    render: source.render,
    mayFill: true,
  });
  if (verdict.kind === "needs-browser") {
    return { ...nothing, why: "its text comes by script", needsBrowser: true };
  }
  if (verdict.kind === "skipped") return { ...nothing, why: skippedText(verdict.why) };
  const extraction = forStore(verdict.extraction, reserved);
  const { fields } = extraction;
  const title = verdict.article.classified.title;
  return {
    ...nothing,
    title,
    why: null,
    fields: fieldsOf(extraction),
    length: fields.text?.length ?? 0,
    contentHash: contentHash(title, fields.text ?? ""),
    ...(reserved.length > 0 && { reserved }),
    publishedAt: fields.publishedAt,
  };
}

const HIDDEN = new Set<FieldName>(["html"]);

function fieldsOf({ fields, evidence }: Extraction): PreviewField[] {
  return (Object.keys(fields) as FieldName[]).flatMap((name) => {
    const value = shown(fields[name]);
    if (value === "" || HIDDEN.has(name)) return [];
    const by = evidence[name];
    return [{ name, value, rule: by?.rule ?? "", confidence: by?.confidence ?? 0 }];
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
