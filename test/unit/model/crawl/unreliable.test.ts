import { expect, test } from "vitest";
import {
  afterContradiction,
  findUnreliable,
  isTrusted,
  type UnreliableKind,
} from "../../../../model/crawl/host.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const after = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const once = (kind: UnreliableKind, at = NOW) =>
  afterContradiction(undefined, { kind, evidence: "x" }, at);

test("a proof suffices, of signs it takes two", () => {
  expect(isTrusted({ unreliable: { validators: once("validators") } }, "validators", NOW)).toBe(
    false,
  );
  const sign = once("dates");
  expect(isTrusted({ unreliable: { dates: sign } }, "dates", NOW)).toBe(true);
  const dates = afterContradiction(sign, { kind: "dates", evidence: "y" }, after(1));
  expect(dates).toMatchObject({ count: 2, firstAt: NOW, lastAt: after(1), evidence: "y" });
  expect(isTrusted({ unreliable: { dates } }, "dates", after(1))).toBe(false);
  expect(isTrusted({ unreliable: { dates } }, "order", after(1))).toBe(true);
});

test("a week after the last contradiction the host is believed again; what is a month old is forgotten", () => {
  const unreliable = { validators: once("validators") };
  expect(findUnreliable({ unreliable }, after(6)).map(({ kind }) => kind)).toEqual(["validators"]);
  expect(findUnreliable({ unreliable }, after(7.1))).toEqual([]);
  const again = afterContradiction(once("ids"), { kind: "ids", evidence: "x" }, after(31));
  expect(again).toMatchObject({ count: 1, firstAt: after(31), until: null });
  expect(isTrusted({}, "validators", NOW)).toBe(true);
});
