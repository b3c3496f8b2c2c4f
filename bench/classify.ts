import { parseArgs } from "node:util";
import { readPlaces } from "../bin/roles/places.ts";
import { readTopics } from "../bin/roles/topics.ts";
import { plainTable } from "../bin/table.ts";
import { classify } from "../classify/classify.ts";
import { topicMatcher } from "../classify/topics/matcher.ts";
import { copyOf } from "../dedupe/copies.ts";
import { fingerprint } from "../dedupe/fingerprint.ts";
import { detect, prepare } from "../extractors/language/detect.ts";
import { SITES } from "../test/world/sites.ts";
import { paragraphsOf } from "../test/world/text.ts";

/** What an article is compared with at most in practice: others that share a key with it. */
const CANDIDATES = 8;
/** Most CPU ms that dedupe and classification of one article may take together. */
const BAR = 3;

interface Sample {
  language: string;
  title: string;
  text: string;
}

/** Texts of the sample world in all of its languages, brought to the length of real articles. */
function samples(words: number): Sample[] {
  return SITES.flatMap(({ language, texts }) => {
    const bodies = texts.map(({ body }) => paragraphsOf(body).map(({ text }) => text));
    const all = bodies.flat();
    return texts.map(({ title }, index) => {
      const own = [...(bodies[index] ?? [])];
      for (let next = 0; lengthOf(own) < words && next < all.length; next++) {
        const more = all[(index * 7 + next) % all.length];
        if (more) own.push(more);
      }
      return { language, title, text: own.join("\n\n") };
    });
  });
}

/** Words; for scripts without spaces two characters count as one. */
function lengthOf(paragraphs: string[]): number {
  const text = paragraphs.join(" ");
  const dense = text.match(/[\u3040-\u30ff\u3400-\u9fff]/gu)?.length ?? 0;
  return text.split(/\s+/).length + dense / 2;
}

function cpu(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    words: { type: "string", default: "500" },
    json: { type: "boolean", default: false },
  },
});
const topics = topicMatcher(await readTopics());
const places = readPlaces();
await prepare();
const articles = samples(Number(values.words));
const origin = { sourceId: "s", trust: 0.5, at: new Date(0) };
const source = { topics: ["egovernment"], country: "DE" };
const prints = articles.map((article) => fingerprint({ ...origin, ...article }));
const stages: Record<string, (article: Sample, index: number) => unknown> = {
  topics: ({ language, title, text }) =>
    topics({ title, teaser: null, text, language, declared: source.topics }),
  "places, title prefix, relevance": ({ language, title, text }) =>
    classify({ title, source, fields: { language, teaser: null, text }, places }),
  "language of the text": ({ text }) => detect(text),
  fingerprint: (article) => fingerprint({ ...origin, ...article }),
  [`comparison with ${CANDIDATES} others`]: (_, index) => {
    const own = prints[index];
    const others = prints.slice(index + 1, index + 1 + CANDIDATES);
    return own && others.map((other) => copyOf(own, other));
  },
};
const rows = Object.entries(stages).map(([stage, run]) => {
  const pass = () => cpu(() => articles.forEach((article, index) => void run(article, index)));
  pass();
  const spent = Array.from({ length: Number(values.rounds) }, pass);
  return { stage, ms: Math.min(...spent) / articles.length };
});
const sum = rows.reduce((all, { ms }) => all + ms, 0);
if (values.json) {
  console.log(JSON.stringify({ articles: articles.length, stages: rows, sum, bar: BAR }, null, 2));
} else {
  const shown = [...rows, { stage: "together", ms: sum }];
  console.log(
    plainTable(
      ["stage", "CPU ms an article"],
      shown.map(({ stage, ms }) => [stage, ms.toFixed(3)]),
      { right: [1] },
    ),
  );
  console.error(
    `${articles.length} articles of about ${values.words} words, best of ${values.rounds} rounds; bar: ${BAR} ms`,
  );
}
if (sum > BAR) process.exitCode = 1;
