import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { spreadNullFirst } from "../../../../bin/setup/spread.mjs";

test("null is spread first where an object begins with a spread and goes on, at any depth", () => {
  const code = "f({ ...a, b: { ...c, d }, e });\nconst g = () => ({\n  ...h(),\n  i,\n});";
  expect(spreadNullFirst(code)).toBe(
    "f({ ...null, ...a, b: { ...null, ...c, d }, e });\nconst g = () => ({ ...null,\n  ...h(),\n  i,\n});",
  );
});

test("copies, objects that begin with a property, arrays, calls, patterns and texts stay as they are", () => {
  const code =
    'const { ...rest } = { ...a }; f([...b, c], ...d, { e, ...g }, "{ ...h, i }"); // { ...j, k }';
  expect(spreadNullFirst(code)).toBe(code);
});

test("what is made so has the same properties, in the same order, and one hidden class", () => {
  const code = `
    const make = (base, value) => ({ ...base, value, more: value });
    const [one, other] = [make({ a: 1, get b() { return 2; }, __proto__: { c: 3 } }, 4), make({ a: 5, b: 6 }, 7)];
    const isLiteral = Object.getPrototypeOf(one) === Object.prototype;
    console.log(JSON.stringify([one, isLiteral, %HaveSameMap(one, make({ a: 8, b: 9 }, 10)), %HaveSameMap(one, other)]));
  `;
  const natives = ["--allow-natives-syntax", "-e"];
  const run = spreadNullFirst(code.replaceAll("%HaveSameMap", "HaveSameMap")).replaceAll(
    "HaveSameMap",
    "%HaveSameMap",
  );
  const answer = execFileSync(process.execPath, [...natives, run], { encoding: "utf8" });
  expect(JSON.parse(answer)).toEqual([{ a: 1, b: 2, value: 4, more: 4 }, true, true, true]);
});
