import type { Extracted } from "../../articles/reading/parse-tasks.ts";
import type { Received } from "../../crawler/http/response.ts";
import type { TrueArticle } from "../../demo/truth.ts";
import { isSkipped } from "../../model/crawl/outcome.ts";
import type { TestWorker } from "../../test/helpers/worker.ts";

/**
 * Records a worker's responses and extractions in the returned maps, by URL. Also gives all
 * articles different times. Otherwise their URLs, which change with the port, would decide which
 * article is earlier.
 */
export function record({ deps }: TestWorker, articles: readonly TrueArticle[]) {
  const answers = new Map<string, Received>();
  const readings = new Map<string, Extracted>();
  const { http, parser } = deps;
  deps.http = {
    ...http,
    async get(request) {
      const answer = await http.get(request);
      if (!isSkipped(answer)) answers.set(request.url, answer);
      return answer;
    },
  };
  deps.parser = {
    ...parser,
    async extract(task) {
      const extracted = await parser.extract(task);
      const print = extracted.article?.fingerprint;
      const n = articles.findIndex(({ url }) => url === task.url);
      if (print) print.at = new Date(print.at.getTime() + n * 1000);
      readings.set(task.url, extracted);
      return extracted;
    },
  };
  return { answers, readings };
}

/** Replaces an article's recorded extraction with another article's, so that the article becomes a copy. */
export function retell(readings: Map<string, Extracted>, url = "", other = ""): void {
  const [own, told] = [got(readings, url), got(readings, other)];
  if (!own.article || !told.article) throw new Error(`${url} or ${other} is no article`);
  const { at } = own.article.fingerprint;
  const { fields } = told.extraction;
  const { canonicalUrl } = own.extraction.fields;
  readings.set(url, {
    ...told,
    extraction: { ...told.extraction, fields: { ...fields, canonicalUrl } },
    article: { ...told.article, fingerprint: { ...told.article.fingerprint, at } },
  });
}

export function got<Value>(from: Map<string, Value>, url: string): Value {
  const value = from.get(url);
  if (value === undefined) throw new Error(`nothing was recorded of ${url}`);
  return value;
}
