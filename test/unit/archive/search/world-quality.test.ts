import { afterAll, beforeAll, expect, test } from "vitest";
import { find } from "../../../../archive/search/find.ts";
import { openFile } from "../../../../archive/search/sqlite-file.ts";
import { SEARCH_REQUEST, tempIndex } from "../../../helpers/judged-search.ts";
import type { Half } from "../../../helpers/labelled.ts";
import {
  meanQuality,
  type Ordered,
  plainSearch,
  readWorldJudged,
  worldDocuments,
} from "../../../helpers/world-search.ts";

/** Floors of nDCG@10: they only go up (measured: 0.97 and 0.95; plain FTS5 0.60 and 0.57). */
const FLOORS: Record<Half, number> = { tuning: 0.96, "held-out": 0.94 };
/** How far above plain FTS5 each half stands, at least. */
const ABOVE_PLAIN = 0.3;

const documents = worldDocuments();
const judged = readWorldJudged();
let ours: Ordered;
let plain: Ordered;
let close: () => void;

beforeAll(() => {
  const searched = tempIndex(documents);
  const db = openFile(searched.path, true);
  const baseline = plainSearch(documents);
  ours = (query) => find(db, { ...SEARCH_REQUEST, query }).hits.map(({ articleId }) => articleId);
  plain = baseline.ids;
  close = () => {
    db.close();
    searched.close();
    baseline.close();
  };
});
afterAll(() => close());

test("every article that a query wants is one of the sample world's", () => {
  const slugs = new Set(documents.map(({ articleId }) => articleId));
  const unknown = judged.flatMap(({ grades }) => [...grades.keys()].filter((id) => !slugs.has(id)));
  expect(unknown).toEqual([]);
});

test.each(Object.keys(FLOORS) as Half[])("what is wanted most stands first: %s half", (half) => {
  const { quality } = meanQuality(judged, half, ours);
  expect(quality).toBeGreaterThanOrEqual(FLOORS[half]);
  expect(quality - meanQuality(judged, half, plain).quality).toBeGreaterThanOrEqual(ABOVE_PLAIN);
});

test.each([
  ["port", "one-login-for-ports", "alerta-deslizamento-petropolis"],
  ["boten", "waterschap-open-sluizen", "311-languages"],
  ["rede", "bilhete-unico-barco-amazonas", "rotterdam-algoritmeregister"],
])("the word as typed comes before a stem of another language: %s", (query, first, later) => {
  const ids = ours(query);
  expect(ids[0]).toBe(first);
  expect(ids).toContain(later);
});
