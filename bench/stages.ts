import { BSON } from "mongodb";
import { classify } from "../articles/classify/classify.ts";
import { topicMatcher } from "../articles/classify/topics/matcher.ts";
import { decide } from "../articles/ingest/decide.ts";
import { fingerprint } from "../articles/matching/fingerprint.ts";
import { loadPlaces } from "../articles/reading/gazetteer.ts";
import { writeOf } from "../articles/revisions/draft.ts";
import { readTopics } from "../bin/roles/config-data.ts";
import { decodeText } from "../crawler/http/decode.ts";
import { urlKey } from "../crawler/links/url.ts";
import { extract } from "../extractors/extract.ts";
import { prepare } from "../extractors/language.ts";
import { makeLink } from "../test/helpers/links.ts";
import { makeCapture } from "../test/helpers/reading.ts";

/** An article page, already decoded if it had a content coding such as gzip. */
export interface StagePage {
  bytes: Uint8Array;
  contentType: string | undefined;
  url: string;
  at: Date;
}

/** A pure stage. Each stage uses the results of the previous one. */
export interface Step {
  stage: string;
  run(index: number): void;
}

/**
 * Returns the pure stages between the response and the write, prepared for these pages. A stage can
 * run any number of times.
 */
export async function stepsOf(pages: readonly StagePage[]): Promise<Step[]> {
  await prepare();
  const topics = topicMatcher(await readTopics());
  const places = loadPlaces();
  const source = { topics: [] };

  const charset = ({ bytes, contentType }: StagePage) => decodeText(bytes, contentType).text;
  const texts = pages.map((page) => ({ ...page, html: charset(page) }));
  const read = ({ html, url, at }: (typeof texts)[number]) => extract({ html, url, now: at });
  const extracted = texts.map((page) => ({ ...page, extraction: read(page) }));
  type Extracted = (typeof extracted)[number];
  const sort = ({ extraction: { fields } }: Extracted) =>
    classify({ title: fields.title ?? "", source, fields, topics, places });
  const print = ({ extraction: { fields }, at }: Extracted) => {
    const origin = { sourceId: "", trust: 0.5, language: fields.language ?? "en", at };
    return fingerprint({ ...origin, title: fields.title ?? "", text: fields.text ?? "" });
  };
  const derived = extracted.map((page) => {
    const article = { classified: sort(page), fingerprint: print(page) };
    return { ...page, reading: readingOf(page, article) };
  });
  const write = ({ url, reading }: (typeof derived)[number]) => {
    const id = urlKey(url);
    const entry = { link: makeLink(id, { url }), articleId: id, reading };
    const now = () => reading.capture.fetchedAt;
    const grounds = { existing: new Map(), corrections: new Map(), timezone: "UTC", now };
    for (const { draft } of decide([entry], grounds)) {
      if (draft) BSON.serialize(writeOf(draft, null, "created", now()));
    }
  };
  return [
    step("charset", texts, charset),
    step("extract", texts, read),
    step("classify", extracted, sort),
    step("fingerprint", extracted, print),
    step("decide", derived, write),
  ];
}

function step<Page>(stage: string, pages: readonly Page[], work: (page: Page) => unknown): Step {
  return {
    stage,
    run(index) {
      const page = pages[index];
      if (page) work(page);
    },
  };
}

function readingOf(
  { url, at, extraction }: StagePage & { extraction: ReturnType<typeof extract> },
  article: { classified: ReturnType<typeof classify>; fingerprint: ReturnType<typeof fingerprint> },
) {
  const capture = { ...makeCapture(url), fetchedAt: at };
  const extracted = { extraction, article };
  return { extracted, capture, sourceId: "bench", sourceVersion: 1, rights: [], reserved: [] };
}

export function cpuOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
