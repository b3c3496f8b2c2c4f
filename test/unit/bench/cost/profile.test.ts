import { expect, test } from "vitest";
import { flameGraph } from "../../../../bench/cost/flame.ts";
import { type CpuProfile, sharesOf, stacksOf } from "../../../../bench/cost/profile.ts";

const frame = (id: number, functionName: string, url: string, children: number[] = []) => {
  return { id, callFrame: { functionName, url, lineNumber: 0 }, children };
};
const profile: CpuProfile = {
  nodes: [
    frame(1, "(root)", "", [2, 5, 6, 7]),
    frame(2, "extract", "file:///app/dist/extractors/extract.js", [3]),
    frame(3, "parse", "file:///app/node_modules/htmlparser2/index.js", [4]),
    frame(4, "(garbage collector)", ""),
    frame(5, "(idle)", ""),
    frame(6, "atomicsWaitLoop", "file:///app/node_modules/piscina/worker.js"),
    frame(7, "serialize", "file:///app/node_modules/bson/bson.cjs"),
  ],
  samples: [3, 3, 4, 5, 6, 7],
  timeDeltas: [40, 20, 20, 500, 700, 20],
};

test("time is the stage's whose file is innermost; waiting is nobody's", () => {
  const shares = Object.fromEntries(sharesOf(stacksOf(profile)));
  expect(shares).toEqual({ extract: 0.6, "garbage collection": 0.2, store: 0.2 });
});

test("a flame graph shows a frame as wide as its share, below its stage", () => {
  const svg = flameGraph("http", stacksOf(profile));
  expect(svg).toContain("<title>[extract], 0 ms, 60.0 %</title>");
  expect(svg).toContain("parse htmlparser2/index.js:1");
  expect(svg).toMatch(/60\.0 %<\/title><rect x="0\.0" y="\d+" width="960\.0"/);
});
