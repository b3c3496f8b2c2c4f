import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import { articleStages } from "./article-stages.ts";

/** For classifying, fingerprinting and comparing. */
const MAX_ARTICLE_CPU_MS = 3;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    words: { type: "string", default: "500" },
    json: { type: "boolean", default: false },
  },
});
const asked = { rounds: Number(values.rounds), words: Number(values.words) };
const { articles, stages } = await articleStages(asked);
const sum = stages.reduce((all, { ms }) => all + ms, 0);
if (values.json) {
  console.log(JSON.stringify({ articles, stages, sum, bar: MAX_ARTICLE_CPU_MS }, null, 2));
} else {
  const shown = [...stages, { stage: "together", ms: sum }];
  console.log(
    plainTable(
      ["stage", "CPU ms an article"],
      shown.map(({ stage, ms }) => [stage, ms.toFixed(3)]),
      { right: [1] },
    ),
  );
  console.error(
    `${articles} articles of about ${values.words} words, best of ${values.rounds} rounds; bar: ${MAX_ARTICLE_CPU_MS} ms`,
  );
}
if (sum > MAX_ARTICLE_CPU_MS) process.exitCode = 1;
