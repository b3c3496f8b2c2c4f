import { describe, expect, test } from "vitest";
import type { Draft } from "../../../../articles/revisions/draft.ts";
import { listed } from "../../../../articles/revisions/visibility.ts";
import type { UsageSignal } from "../../../../model/usage-rights.ts";
import { makeArticle } from "../../../helpers/articles.ts";

const NOW = new Date("2026-11-25T10:00:00Z");
const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const decide = (overrides: Partial<Draft>) => listed(makeArticle("a", overrides), null, NOW);
const editorial = { initialState: "published", isDecided: true, waitsSince: null } as const;

describe("an embargo", () => {
  test("hides an article until it ends", () => {
    expect(decide({ embargoUntil: at(1) })).toMatchObject({
      status: "unlisted",
      unlisted: { reason: "embargo", detail: `until ${at(1).toISOString()}` },
      visibilityChangesAt: at(1),
    });
  });

  test("is over at its last moment", () => {
    expect(decide({ embargoUntil: NOW }).status).toBe("published");
  });

  test.each([
    ["the source's", 2, 1],
    ["the editor's", 1, 2],
  ])("that ends later decides where there are two: %s", (_, source, editor) => {
    const overrides = { embargoUntil: at(source), times: { embargo: at(editor) } };
    expect(decide(overrides)).toMatchObject({ status: "unlisted", visibilityChangesAt: at(2) });
  });

  test("hides an article that an editor published too", () => {
    const published = { editorial: { ...editorial, state: "published" as const } };
    expect(decide({ ...published, embargoUntil: at(1) }).status).toBe("unlisted");
  });
});

describe("an expiry", () => {
  test("hides an article from its very moment on", () => {
    expect(decide({ times: { expires: NOW } })).toMatchObject({
      status: "unlisted",
      unlisted: { reason: "expired", detail: `at ${NOW.toISOString()}` },
    });
  });

  test("is when an article that readers see is decided on again", () => {
    const expected = { status: "published", unlisted: null, visibilityChangesAt: at(1) };
    expect(decide({ times: { expires: at(1) } })).toEqual(expected);
  });
});

describe("what its publisher says of its use", () => {
  const signal = (some: Partial<UsageSignal>): UsageSignal => {
    const seen = {
      place: "robots.txt",
      url: "https://city.example/robots.txt",
      seenAt: NOW,
    } as const;
    return { format: "content-signal", text: "search=no", ...seen, ...some };
  };

  test("hides an article that may not be listed, though an editor published it", () => {
    const published = { editorial: { ...editorial, state: "published" as const } };
    const rights = [signal({ denies: ["search"] })];
    expect(decide({ ...published, rights })).toMatchObject({
      status: "unlisted",
      unlisted: { reason: "reserved", detail: "search=no (robots.txt)" },
    });
  });

  test("withdraws it when its time is over, and not before", () => {
    const until = (time: Date) => decide({ rights: [signal({ unavailableAfter: time })] });
    expect(until(at(1))).toMatchObject({ status: "published", visibilityChangesAt: at(1) });
    expect(until(NOW)).toMatchObject({ status: "unlisted", unlisted: { reason: "reserved" } });
  });

  test("of other uses leaves it listed", () => {
    expect(decide({ rights: [signal({ denies: ["ai-train", "analysis"] })] }).status).toBe(
      "published",
    );
  });
});

test("an article that was taken back stays so, whatever its times say", () => {
  const overrides = {
    status: "retracted",
    embargoUntil: at(1),
    times: { expires: at(-1) },
  } as const;
  expect(decide(overrides)).toMatchObject({ status: "retracted", unlisted: null });
});

test("an article that waits for an editor is hidden, however relevant it is", () => {
  const waiting = { ...editorial, said: false, state: "approved" as const, waitsSince: NOW };
  expect(decide({ editorial: waiting })).toMatchObject({
    status: "unlisted",
    unlisted: { reason: "waits for an editor" },
  });
});

test("an article that an editor published is shown, however little relevant it is", () => {
  const parts = { topics: 0, declared: 0, place: 0, trust: 0 };
  const evidence = { relevance: { score: 0.1, min: 0.9, parts } };
  const shown = { ...editorial, state: "published" as const };
  expect(decide({ evidence }).status).toBe("unlisted");
  expect(decide({ evidence, editorial: shown }).status).toBe("published");
});

describe("a pin", () => {
  test("that is over is taken off", () => {
    expect(decide({ pinnedUntil: at(-1) }).pinnedUntil).toBeNull();
  });

  test("is decided on again when it ends, if nothing else ends before", () => {
    expect(decide({ pinnedUntil: at(2) })).toMatchObject({
      visibilityChangesAt: at(2),
      pinnedUntil: at(2),
    });
    const both = decide({ pinnedUntil: at(2), times: { expires: at(1) } });
    expect(both.visibilityChangesAt).toEqual(at(1));
  });
});
