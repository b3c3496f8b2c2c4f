import { readPlaces } from "../bin/roles/places.ts";
import { readTopics } from "../bin/roles/topics.ts";
import { classify } from "../classify/classify.ts";
import { type TopicMatcher, topicMatcher } from "../classify/topics/matcher.ts";
import { LIMITS } from "../config/limits.ts";
import { fingerprint } from "../dedupe/fingerprint.ts";
import { extract } from "../extractors/extract.ts";
import { prepare } from "../extractors/language/detect.ts";
import { decodeText } from "../fetch/charset.ts";
import { decode } from "../fetch/decode.ts";
import type { Capture } from "../model/capture.ts";
import { getBody } from "../store/captures.ts";
import type { Store } from "../store/store.ts";

/** CPU ms a page of each pure stage, over up to `count` captured article pages, after a warm-up. */
export async function stageCosts(
  store: Store,
  count: number,
): Promise<{ stage: string; ms: number }[]> {
  const captures = await store.collections.captures
    .find({ kind: "article" })
    .limit(count)
    .toArray();
  const pages = (await Promise.all(captures.map((capture) => load(store, capture)))).flat();
  await prepare();
  const topics = topicMatcher(await readTopics());
  measure(pages, topics);
  return measure(pages, topics);
}

interface Page {
  wire: Uint8Array;
  decoded: Uint8Array;
  capture: Capture;
}

async function load(store: Store, capture: Capture): Promise<Page[]> {
  const body = capture.bodyId ? await getBody(store, capture.bodyId) : null;
  if (!body) return [];
  const { bytes } = await decode(body.bytes, body.encoding, LIMITS.decodedBytes);
  return [{ wire: body.bytes, decoded: bytes, capture }];
}

function measure(pages: Page[], topics: TopicMatcher): { stage: string; ms: number }[] {
  const source = { topics: [] };
  const origin = { sourceId: "", trust: 0.5, language: "en", at: new Date(0) };
  const places = readPlaces();
  const texts = timed("charset", pages, ({ decoded, capture }) => {
    return decodeText(decoded, capture.headers["content-type"]).text;
  });
  const inputs = texts.results.map((html, index) => ({ html, page: pages[index] as Page }));
  const extracted = timed("extract", inputs, ({ html, page }) => {
    return extract({ html, url: page.capture.finalUrl, now: page.capture.fetchedAt });
  });
  const classified = timed("classify", extracted.results, ({ fields }) => {
    return classify({ title: fields.title ?? "", source, fields, topics, places });
  });
  const prints = timed("fingerprint", extracted.results, ({ fields }) => {
    const { title, text } = fields;
    return fingerprint({ ...origin, title: title ?? "", text: text ?? "" });
  });
  return [texts, extracted, classified, prints].map(({ stage, ms }) => ({ stage, ms }));
}

function timed<In, Out>(stage: string, items: In[], run: (item: In) => Out) {
  const before = process.cpuUsage();
  const results = items.map(run);
  const { user, system } = process.cpuUsage(before);
  return { stage, results, ms: (user + system) / 1000 / Math.max(1, items.length) };
}
