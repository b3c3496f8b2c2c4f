import { BSON } from "mongodb";
import { expect, test } from "vitest";
import { fingerprint } from "../../../../articles/matching/fingerprint.ts";
import type { StoredFingerprint } from "../../../../model/articles/fingerprint.ts";
import {
  decodeFingerprint,
  decodeFingerprints,
  encodeFingerprint,
} from "../../../../store/articles/fingerprints.ts";
import { makePrint } from "../../../helpers/prints.ts";
import { textOf } from "../../../helpers/site.ts";

const features = fingerprint({
  sourceId: "cities",
  trust: 0.5,
  language: "en",
  title: "Tallinn counts 74,000 votes in 3 days",
  text: `${textOf("packed")} Серафима paid 12.5 million on Monday, 3 March.`,
  at: new Date("2026-11-25T08:00:00Z"),
});

test.each([
  ["of an article", makePrint("a", features)],
  ["of a short text", makePrint("b")],
])("a fingerprint %s is the same after the store had it", (_, print) => {
  const stored = BSON.deserialize(BSON.serialize(encodeFingerprint(print)), {
    promoteBuffers: true,
  });
  expect(decodeFingerprint(stored as StoredFingerprint)).toEqual(print);
});

test("many fingerprints are each the same after the store had them", () => {
  const prints = [makePrint("a", features), makePrint("b"), makePrint("c", features)];
  const stored = prints.map((print) =>
    BSON.deserialize(BSON.serialize(encodeFingerprint(print)), { promoteBuffers: true }),
  );
  expect(decodeFingerprints(stored as StoredFingerprint[])).toEqual(prints);
});

test("each of many fingerprints has the signature of its own text", () => {
  const other = Uint16Array.from(features.signature, (value) => value ^ 1);
  const prints = [makePrint("a", features), makePrint("b", { ...features, signature: other })];
  const [a, b] = decodeFingerprints(prints.map(encodeFingerprint));
  expect([a?.signature, b?.signature]).toEqual([features.signature, other]);
});
