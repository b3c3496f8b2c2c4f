import { expect, test } from "vitest";
import { INDEXES } from "../../../store/indexes.ts";

const DAY = 86_400;

test.each([
  ["drafts", "at", 90],
  ["deliveries", "at", 30],
  ["idempotencyRecords", "at", 1],
  ["clicks", "at", 400],
])("%s go by themselves after as many days as the docs say", (collection, field, days) => {
  const index = INDEXES.find(({ collection: of, key, expireAfterSeconds }) => {
    return of === collection && field in key && expireAfterSeconds !== undefined;
  });
  expect(index?.expireAfterSeconds).toBe(days * DAY);
});
