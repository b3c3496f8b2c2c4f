import { classify } from "../articles/classify/classify.ts";
import { topicMatcher } from "../articles/classify/topics/matcher.ts";
import { copyOf } from "../articles/matching/cluster.ts";
import { fingerprint } from "../articles/matching/fingerprint.ts";
import { loadPlaces } from "../articles/reading/gazetteer.ts";
import { readTopics } from "../bin/roles/config-data.ts";
import { SITES } from "../demo/data.ts";
import { paragraphsOf } from "../demo/text.ts";
import { declaredLanguage, languageOfText, prepare } from "../extractors/language.ts";
import { openPage } from "../extractors/page.ts";

/**
 * Number of articles that an article is compared with because they share a key. This is the maximum
 * in practice.
 */
const CANDIDATES = 8;
/**
 * In a corpus of news sites, blogs and other articles, 59 of 967 pages don't declare their
 * language.
 */
const PAGES_PER_UNDECLARED_LANGUAGE = 16;

export interface StageCost {
  stage: string;
  ms: number;
}

interface Sample {
  language: string;
  title: string;
  text: string;
}

/**
 * Measures the classification, fingerprinting and comparison of articles extended to `words` words.
 * Returns the CPU ms per article of each stage in the best round.
 */
export async function articleStages(options: {
  words: number;
  rounds: number;
}): Promise<{ articles: number; stages: StageCost[] }> {
  const topics = topicMatcher(await readTopics());
  const noTopics = topicMatcher([]);
  const places = loadPlaces();
  await prepare();
  const articles = samples(options.words);
  const origin = { sourceId: "s", trust: 0.5, at: new Date(0) };
  const source = { topics: ["egovernment"], country: "DE" };
  const prints = articles.map((article) => fingerprint({ ...origin, ...article }));
  const pages = articles.map(({ language }, index) => {
    const html =
      index % PAGES_PER_UNDECLARED_LANGUAGE === 0
        ? "<p></p>"
        : `<html lang="${language}"><p></p></html>`;
    return openPage({ html, url: "https://example.org/", now: new Date(0) });
  });
  const stages: Record<string, (article: Sample, index: number) => unknown> = {
    topics: ({ language, title, text }) =>
      topics({ title, teaser: null, text, language, declared: source.topics }),
    "places, title prefix, relevance": ({ language, title, text }) =>
      classify({
        title,
        source,
        fields: { language, teaser: null, text },
        topics: noTopics,
        places,
      }),
    language: ({ text }, index) => {
      const page = pages[index];
      return page && languageOfText(text, declaredLanguage(page), null);
    },
    fingerprint: (article) => fingerprint({ ...origin, ...article }),
    [`comparison with ${CANDIDATES} others`]: (_, index) => {
      const own = prints[index];
      const others = prints.slice(index + 1, index + 1 + CANDIDATES);
      return own && others.map((other) => copyOf(own, other));
    },
  };
  const costs = Object.entries(stages).map(([stage, run]) => {
    const pass = () => cpu(() => articles.forEach((article, index) => void run(article, index)));
    pass();
    const spent = Array.from({ length: options.rounds }, pass);
    return { stage, ms: Math.min(...spent) / articles.length };
  });
  return { articles: articles.length, stages: costs };
}

function samples(words: number): Sample[] {
  return SITES.flatMap(({ language, articles }) => {
    const bodies = articles.map(({ body }) => paragraphsOf(body).map(({ text }) => text));
    const all = bodies.flat();
    return articles.map(({ title }, index) => {
      const own = [...(bodies[index] ?? [])];
      for (let next = 0; lengthOf(own) < words && next < all.length; next++) {
        const more = all[(index * 7 + next) % all.length];
        if (more) own.push(more);
      }
      return { language, title, text: own.join("\n\n") };
    });
  });
}

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
