import { expect, test } from "vitest";
import { openNames } from "../../../../../articles/classify/places/gazetteer.ts";

const LINES = ["bad homburg\t1", "homburg\t2", "広島市\t3", "广岛\t4"].map((line) => `${line}\n`);
const names = openNames(`head\n${LINES.join("")}`, 5);

test("names are found where their lines begin, and nothing else is", () => {
  const at = (line: number) => 5 + LINES.slice(0, line).join("").length;
  expect(["bad homburg", "homburg", "広島市", "广岛"].map(names.find)).toEqual(
    [0, 1, 2, 3].map(at),
  );
  expect(["bad", "hom", "広島", "bad homburg ", ""].map(names.find)).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});

test("what begins a name is known, by words and by characters of scripts without spaces", () => {
  expect(["bad", "bad homburg", "広", "広島", "广岛"].map(names.begins)).not.toContain(false);
  expect(["ba", "homburg vor", "島", "市"].map(names.begins)).not.toContain(true);
});
