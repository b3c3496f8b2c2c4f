import { parseAtomFeed } from "feedsmith";
import { expect, test } from "vitest";
import { digestFeed } from "../../../../web/feeds/digest.ts";
import { type Around, editionAt } from "../../../../web/server/edition.ts";

test.each([
  ["UTC", "2026-11-26T00:00:00.000Z"],
  ["America/New_York", "2026-11-26T05:00:00.000Z"],
  ["Asia/Shanghai", "2026-11-25T16:00:00.000Z"],
])("A digest in the feed is updated when its day ends in %s", (timezone, end) => {
  const config = { portalTitle: "Portal", baseUrl: "http://portal.example", timezone };
  const around = { config, edition: editionAt("/", {}), snapshot: {} } as Around;
  const digest = { day: "2026-11-25", articles: 0, shown: [], groups: [], stories: new Map() };
  const { updated, entries } = parseAtomFeed(digestFeed([digest], around));
  expect([updated, entries?.[0]?.updated]).toEqual([end, end]);
});
