import { expect, test } from "vitest";
import { EXTRACT_BOUNDS } from "../../../config/limits.ts";
import { extract } from "../../../extractors/extract.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const PARAGRAPH = `<p>${"The council decided to open its data to everybody in the city. ".repeat(8)}</p>`;
const pageOf = (body: string) =>
  `<html><body><article><h1>Minutes</h1>${body}</article></body></html>`;
const read = (body: string) =>
  extract({ html: pageOf(body), url: "https://council.example/minutes", now: NOW });

test("A text ends with the last paragraph that fits", () => {
  const { text } = read(PARAGRAPH.repeat(1000)).fields;
  expect(text?.length).toBeLessThanOrEqual(EXTRACT_BOUNDS.text);
  expect(text).toMatch(/in the city\.$/);
});

test("The evidence of a text that was cut says so", () => {
  expect(read(PARAGRAPH.repeat(1000)).evidence.text?.because).toContain("cut after 400000");
});

test("A single paragraph that doesn't fit is cut", () => {
  const { text } = read(`<p>${"word ".repeat(100_000)}</p>`).fields;
  expect(text?.length).toBe(EXTRACT_BOUNDS.text);
});

test("The evidence of a text that was not cut says nothing of it", () => {
  expect(read(PARAGRAPH.repeat(3)).evidence.text?.because ?? "").not.toContain("cut");
});
