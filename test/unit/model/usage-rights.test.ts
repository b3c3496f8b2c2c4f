import { describe, expect, test } from "vitest";
import {
  denialOf,
  judgeUse,
  sameSignals,
  seenAs,
  USES,
  type UsageSignal,
  unavailableFrom,
  withoutConsented,
} from "../../../model/usage-rights.ts";

const at = new Date("2026-11-28T12:00:00Z");
const signal = (some: Partial<UsageSignal>): UsageSignal => ({
  format: "content-signal",
  place: "robots.txt",
  text: "x",
  url: "https://city.example/robots.txt",
  seenAt: at,
  ...some,
});

describe("judgeUse", () => {
  test("what no signal speaks of is allowed and unknown", () => {
    expect(judgeUse([], "ai-train", at)).toEqual({
      use: "ai-train",
      allowed: true,
      preference: "unknown",
      maxCharacters: null,
      because: [],
    });
  });

  test("one signal that denies outweighs any that allow", () => {
    const allows = signal({ allows: ["ai-train"] });
    const denies = signal({ text: "ai-train=no", denies: ["ai-train"] });
    const verdict = judgeUse([allows, denies, allows], "ai-train", at);
    expect(verdict).toMatchObject({ allowed: false, preference: "disallowed", because: [denies] });
    expect(denialOf(verdict)).toBe("ai-train=no (robots.txt)");
  });

  test("a signal for another use changes nothing", () => {
    expect(judgeUse([signal({ denies: ["ai-input"] })], "ai-train", at).preference).toBe("unknown");
    expect(judgeUse([signal({ allows: ["search"] })], "search", at).preference).toBe("allowed");
  });

  test("the shortest excerpt limits", () => {
    const [long, short] = [signal({ maxCharacters: 200 }), signal({ maxCharacters: 20 })];
    expect(judgeUse([long, short], "search", at)).toMatchObject({
      allowed: true,
      maxCharacters: 20,
    });
    expect(judgeUse([long, short], "ai-input", at)).toMatchObject({
      allowed: true,
      maxCharacters: 20,
    });
    expect(judgeUse([long], "full-text", at).allowed).toBe(false);
    expect(judgeUse([long], "analysis", at).maxCharacters).toBeNull();
  });

  test("no excerpt at all leaves the headline, and models nothing", () => {
    const none = signal({ maxCharacters: 0 });
    expect(judgeUse([none], "search", at)).toMatchObject({ allowed: true, maxCharacters: 0 });
    expect(judgeUse([none], "ai-input", at).allowed).toBe(false);
  });

  test.each(USES)("from the moment at which a page is unavailable, %s is denied", (use) => {
    const until = [signal({ unavailableAfter: at })];
    expect(judgeUse(until, use, new Date(at.getTime() - 1)).allowed).toBe(true);
    expect(judgeUse(until, use, at).allowed).toBe(false);
  });
});

test("The earliest time at which a page becomes unavailable counts", () => {
  const later = new Date(at.getTime() + 1000);
  const until = [signal({ unavailableAfter: later }), signal({}), signal({ unavailableAfter: at })];
  expect(unavailableFrom(until)).toEqual(at);
  expect(unavailableFrom([signal({})])).toBeNull();
});

test("What a signal says is cut", () => {
  const { place, url, seenAt, ...statement } = signal({ text: "a".repeat(300) });
  expect(seenAs([statement], { place, url, seenAt })[0]?.text).toHaveLength(200);
});

test("a consent that lifts nothing of a signal leaves it as it is", () => {
  const denies = { denies: ["ai-train" as const], ...signal({}) };
  const [same] = withoutConsented([denies], ["noimageai"]);
  expect(JSON.stringify(same)).toBe(JSON.stringify(denies));
  expect(withoutConsented([denies], ["ai-train"])).toEqual([signal({})]);
});

test("signals are the same in another order of signals and fields, and at another time", () => {
  const [a, b] = [signal({ text: "a" }), signal({ text: "b", denies: ["search"] })];
  const other = { denies: b.denies ?? [], ...signal({ text: "b", seenAt: new Date(0) }) };
  expect(sameSignals([a, b], [other, a])).toBe(true);
  expect(sameSignals([a, b], [a])).toBe(false);
});
