import { describe, expect, test } from "vitest";
import { goneAgain, goneVerdict } from "../../../../articles/classify/classify.ts";
import { HOUR_MS } from "../../../../lib/time.ts";
import type { HostFetch } from "../../../../model/crawl/host.ts";

const T0 = new Date("2026-11-25T10:00:00Z");
const at = (hours: number) => new Date(T0.getTime() + hours * HOUR_MS);

/** What follows after 404s at these hours, with looks at other articles (name, gone, hour). */
function after(hours: number[], others: [string, boolean, number][] = []) {
  let gone = goneAgain(null, at(hours[0] ?? 0));
  for (const hour of hours.slice(1)) gone = goneAgain(gone, at(hour));
  const fetches: HostFetch[] = others.map(([linkId, isGone, hour]) => {
    return { linkId, gone: isGone, at: at(hour) };
  });
  return goneVerdict("a", gone, fetches);
}

describe("an article that is gone", () => {
  test("once is looked at again a day later", () => {
    expect(after([0], [["b", false, 1]])).toEqual({
      retract: false,
      why: "too soon",
      again: at(24),
    });
  });

  test("often within a day is not taken back either", () => {
    expect(after([0, 1, 2, 23], [["b", false, 1]])).toMatchObject({
      retract: false,
      again: at(24),
    });
  });

  test("twice, a day apart, while another article of the host is there, was taken back", () => {
    expect(after([0, 24], [["b", false, 20]])).toMatchObject({
      retract: true,
      because:
        "its URL returned 404 or 410 in 2 fetches over 1 day, while 1 other article of the host still responded",
      again: at(24 + 7 * 24),
    });
  });

  test("with nothing to compare it with is not", () => {
    expect(after([0, 24])).toMatchObject({
      retract: false,
      why: "nothing to compare",
      again: at(48),
    });
    // Looks from before it was gone, and those at itself, say nothing.
    const old: [string, boolean, number][] = [
      ["b", false, -5],
      ["a", false, -2],
    ];
    expect(after([0, 24], old)).toMatchObject({ why: "nothing to compare" });
  });

  test("counts an article as there that was looked at within the hour before", () => {
    expect(after([0, 24], [["b", false, -0.5]])).toMatchObject({ retract: true });
  });

  test("with a look at itself alone is not", () => {
    expect(after([0, 24], [["a", false, 5]])).toMatchObject({ why: "nothing to compare" });
  });

  test("like others of its host is not: the site moved, or is broken", () => {
    const broken = { retract: false, why: "the host is not well" };
    expect(after([0, 24], [["b", true, 20]])).toMatchObject(broken);
    const half: [string, boolean, number][] = [
      ["b", true, 20],
      ["c", false, 20],
    ];
    expect(after([0, 24], half)).toMatchObject(broken);
    const most: [string, boolean, number][] = [...half, ["d", false, 21]];
    expect(after([0, 24], most)).toMatchObject({ retract: true });
  });

  test("is told by the last look at each other article", () => {
    expect(
      after(
        [0, 24],
        [
          ["b", true, 2],
          ["b", false, 20],
        ],
      ),
    ).toMatchObject({ retract: true });
    expect(
      after(
        [0, 24],
        [
          ["b", false, 2],
          ["b", true, 20],
        ],
      ),
    ).toMatchObject({ retract: false });
  });

  test("is not looked at for ever", () => {
    expect(after([0, 24, 48, 72, 96, 120]).again).toBeNull();
  });
});
