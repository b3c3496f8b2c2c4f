import { sampleOf, type Watched } from "../../articles/ingest/decide.ts";
import { EMPTY_SAMPLE } from "../../model/sources/learned.ts";
import { addSamples } from "../../sources/health/drift.ts";

/** Returns the articles of a healthy source's run, with the changes of a test. */
export function healthyRun(
  random: () => number,
  { articles = 1 + Math.floor(random() * 4), change = (one: Watched): Watched => one } = {},
) {
  let run = EMPTY_SAMPLE;
  for (let n = 0; n < articles; n++)
    run = addSamples(run, sampleOf(change(healthyArticle(random))));
  return { ...run, repeated: random() < 0.02 ? 1 : 0 };
}

/** Returns an article that sometimes lacks a teaser or an author, with a very variable length. */
function healthyArticle(random: () => number): Watched {
  const select = { rule: "select", seen: "", confidence: 1 };
  const rule = { rule: "meta", seen: "", confidence: 0.8 };
  const at = new Date(1_790_000_000_000 + random() * 1e10);
  const title = `Council decides on matter ${Math.floor(random() * 1e9)}`;
  const normal = (random() + random() + random() - 1.5) * 1.2;
  return {
    fields: {
      title,
      publishedAt: at,
      text: "x".repeat(Math.round(2200 * Math.exp(normal))),
      authors: random() < 0.15 ? [] : ["Ada"],
      teaser: random() < 0.3 ? null : "In short",
    },
    evidence: {
      title: random() < 0.02 ? rule : select,
      publishedAt: select,
      text: random() < 0.02 ? rule : select,
      authors: rule,
      teaser: rule,
    },
    hints: random() < 0.1 ? {} : { title, publishedAt: at },
    shared: random() < 0.1 ? 0.3 : 0.03,
  };
}
