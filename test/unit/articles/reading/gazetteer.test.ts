import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { shippedPlaces } from "../../../helpers/places.ts";

interface Names {
  regions: Record<string, string[]>;
}

const FOLDER = new URL("../../../../config/gazetteer/", import.meta.url);
const { regions } = parse(readFileSync(new URL("names.yaml", FOLDER), "utf8")) as Names;

test("the gazetteer holds what names.yaml adds: else run npm run gazetteer", () => {
  expect(Object.values(regions).flat().length).toBeGreaterThan(20);
  const missing = Object.entries(regions).flatMap(([code, names]) =>
    names.filter((name) => shippedPlaces().region(code.slice(0, 2), name).code === null),
  );
  expect(missing).toEqual([]);
});

test("a region has the first of its names", () => {
  const regionNames = Object.entries(regions).map(([code, [name = ""]]) => {
    const region = shippedPlaces().region(code.slice(0, 2), name);
    return [region.code, region.name];
  });
  expect(regionNames).toEqual(Object.entries(regions).map(([code, [name]]) => [code, name]));
});
