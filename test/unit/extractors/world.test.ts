import { beforeAll, expect, test } from "vitest";
import { decodeText } from "../../../crawler/http/decode.ts";
import { handMade } from "../../../demo/hand-made.ts";
import { compareWithTruth, type ExportedArticle, type TrueArticle } from "../../../demo/truth.ts";
import { joinArticlePages } from "../../../extractors/article-pages/find.ts";
import { extract } from "../../../extractors/extract.ts";
import { prepare } from "../../../extractors/language.ts";
import type { Extraction } from "../../../model/articles/fields.ts";

// Every article page of the sample world that HTTP brings: what the demo checks, without the line.
const now = new Date("2026-11-25T12:00:00Z");
const plan = handMade({ port: 18080, seed: 1, now });
const sites = new Map(plan.sites.map((site) => [site.host, site]));
/** Its pages are made by scripts. */
const RENDERED = "tramite-abierto";

beforeAll(prepare);

function readPage(url: string): Extraction {
  const { hostname, pathname, search } = new URL(url);
  const reply = sites.get(hostname)?.reply(pathname + search);
  if (!reply) throw new Error(`no page at ${url}`);
  const body = typeof reply.body === "string" ? Buffer.from(reply.body) : reply.body;
  const { text: html } = decodeText(body, reply.headers["content-type"]);
  return extract({ html, url, now, language: null });
}

function read(truth: TrueArticle): ExportedArticle {
  const first = readPage(truth.url);
  const others = first.page.articlePages?.others ?? [];
  const { fields, page } = joinArticlePages(
    first,
    others.map((articlePage) => ({
      ...articlePage,
      captureId: articlePage.url,
      extraction: readPage(articlePage.url),
    })),
  );
  const { title, text, publishedAt, canonicalUrl, language } = fields;
  return {
    id: truth.url,
    url: truth.url,
    canonicalUrl,
    sourceId: truth.sourceId,
    title: title ?? page.kind,
    text: text ?? "",
    publishedAt: publishedAt?.toISOString() ?? null,
    language,
    duplicateOf: null,
    storyId: truth.url,
  };
}

const truths = plan
  .truth()
  .articles.filter(({ sourceId, url }) => sourceId !== RENDERED && !url.endsWith(".pdf"));

test.each(truths.map((truth) => [truth.url, truth] as const))("%s", (_, truth) => {
  const alone = { ...plan.truth(), announced: [], articles: [{ ...truth, duplicateOf: null }] };
  expect(compareWithTruth(alone, [read(truth)])).toEqual([]);
});
