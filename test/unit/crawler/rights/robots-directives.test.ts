import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readRobotsDirectives } from "../../../../crawler/rights/page-signals.ts";
import { leastCpuOf } from "../../../helpers/cpu.ts";

const read = (values: string) => readRobotsDirectives(values, "Newsgather");
const textsOf = (values: string) => read(values).map((statement) => statement.text);

describe("the examples of Google's specification", () => {
  test.each([
    ["noindex", ["noindex"]],
    ["noindex, nofollow", ["noindex"]],
    [
      "noindex\nunavailable_after: 25 Jun 2010 15:00:00 PST",
      ["noindex", "unavailable_after: 25 Jun 2010 15:00:00 PST"],
    ],
    ["googlebot: nofollow\notherbot: noindex, nofollow", []],
    ["BadBot: noindex, nofollow, googlebot: nofollow", []],
    ["max-snippet:20", ["max-snippet:20"]],
    ["max-snippet:20, max-image-preview:large", ["max-snippet:20"]],
    ["max-snippet:-1, max-image-preview:large, max-video-preview:-1", ["max-snippet:-1"]],
    ["all", []],
    ["none", ["none"]],
    ["notranslate, noimageindex, indexifembedded", []],
  ])("%s", (values, expected) => {
    expect(textsOf(values)).toEqual(expected);
  });
});

describe("max-snippet and nosnippet", () => {
  test.each([
    ["max-snippet:20", 20],
    ["max-snippet: 20", 20],
    ["MAX-SNIPPET:0", 0],
    ["nosnippet", 0],
    ["max-snippet:-1", undefined],
  ])("%s lets %s characters be shown", (values, most) => {
    expect(read(values)[0]?.maxCharacters).toBe(most);
  });

  test("without a number it says nothing", () => {
    expect(textsOf("max-snippet:many, max-snippet:")).toEqual([]);
  });
});

describe("pictures", () => {
  test.each([
    ["max-image-preview:none", "max-image-preview:none", { maxImagePreview: "none" }],
    ["Max-Image-Preview: Standard", "max-image-preview:standard", { maxImagePreview: "standard" }],
    ["noimageai", "noimageai", { noImageAi: true }],
  ])("%s", (values, text, terms) => {
    expect(read(values)).toEqual([{ format: "robots-directive", text, ...terms }]);
  });

  test.each(["max-image-preview:large", "max-image-preview:huge", "max-image-preview"])(
    "%s limits nothing",
    (values) => {
      expect(read(values)).toEqual([]);
    },
  );
});

test("directives that are separated by blanks count", () => {
  expect(textsOf("noindex max-snippet:20")).toEqual(["noindex", "max-snippet:20"]);
  expect(textsOf("noarchive max-image-preview:none")).toEqual([
    "noarchive",
    "max-image-preview:none",
  ]);
});

test("between blanks, a limit counts only with its colon", () => {
  expect(textsOf("noindex max-snippet20")).toEqual(["noindex"]);
  expect(textsOf("noindex max-snippet-1")).toEqual(["noindex"]);
});

describe("unavailable_after", () => {
  test.each([
    ["25 Jun 2010 15:00:00 PST", "2010-06-25T23:00:00.000Z"],
    ["25-Jun-10 15:00:00 EST", "2010-06-25T20:00:00.000Z"],
    ["Friday, 25-Jun-10 15:00:00 GMT", "2010-06-25T15:00:00.000Z"],
    ["Fri, 25 Jun 2010 15:00:00 GMT, noindex", "2010-06-25T15:00:00.000Z"],
    ["Jun 25, 2010 15:00:00 GMT", "2010-06-25T15:00:00.000Z"],
    ["2010-06-25", "2010-06-25T00:00:00.000Z"],
    ["2010-06-25T15:00:00+02:00", "2010-06-25T13:00:00.000Z"],
    ["2010-06-25T15:00:00", "2010-06-25T15:00:00.000Z"],
    ["2010-06-25 15:00:00", "2010-06-25T15:00:00.000Z"],
    ["25 Jun 2010", "2010-06-25T00:00:00.000Z"],
    ["25-Jun-2010", "2010-06-25T00:00:00.000Z"],
    ["25 Jun 2010 15:00:00 +0200", "2010-06-25T13:00:00.000Z"],
    ["25 Jun 2010 15:00:00 GMT+0200", "2010-06-25T13:00:00.000Z"],
    ["Fri Jun 25 2010 15:00:00 GMT+0200", "2010-06-25T13:00:00.000Z"],
    ["25 Jun 2010 3:00 PM -0500", "2010-06-25T20:00:00.000Z"],
  ])("%s", (date, expected) => {
    const [statement] = read(`unavailable_after: ${date}`);
    expect(statement?.unavailableAfter?.toISOString()).toBe(expected);
  });

  test("a date without a time is in UTC, whatever the zone of the machine", () => {
    vi.stubEnv("TZ", "America/New_York");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(new Date("2010-06-25T00:00").getTimezoneOffset()).toBe(240);
    const [statement] = read("unavailable_after: 25-Jun-2010");
    expect(statement?.unavailableAfter?.toISOString()).toBe("2010-06-25T00:00:00.000Z");
  });

  test.each(["never", "", "Friday", "99999-99-99", "<script>", "25 Jun"])(
    "%s is no date",
    (date) => {
      expect(read(`unavailable_after: ${date}`)).toEqual([]);
    },
  );

  test("what follows its date is read too", () => {
    expect(textsOf("unavailable_after: 25 Jun 2010 15:00:00 GMT, max-snippet:20")[1]).toBe(
      "max-snippet:20",
    );
  });
});

describe("what a directive denies", () => {
  test.each([
    ["noindex", ["search"]],
    ["none", ["search"]],
    ["noarchive", ["archive", "full-text"]],
    ["nocache", ["archive", "full-text"]],
    ["noai", ["analysis", "ai-input", "ai-train"]],
    ["noimageai", undefined],
  ])("%s", (values, denies) => {
    expect(read(values)).toMatchObject([{ text: values }]);
    expect(read(values)[0]?.denies).toEqual(denies);
  });

  test("no word of every object's is a directive", () => {
    expect(textsOf("constructor, toString, __proto__, hasOwnProperty")).toEqual([]);
  });
});

describe("robots by name", () => {
  test.each([
    ["newsgather: noindex", ["noindex"]],
    ["googlebot: noindex, newsgather: noarchive", ["noarchive"]],
    ["googlebot: noindex\nnoarchive", ["noarchive"]],
    ["newsgather: max-snippet:5, noai", ["max-snippet:5", "noai"]],
    ["otherbot: unavailable_after: 25 Jun 2010 15:00:00 PST", []],
    [
      "newsgather: unavailable_after: 25 Jun 2010 15:00:00 GMT",
      ["unavailable_after: 25 Jun 2010 15:00:00 GMT"],
    ],
  ])("%s", (values, expected) => {
    expect(textsOf(values)).toEqual(expected);
  });
});

test("Values that are made to be slow take no longer than others", async () => {
  const work = () => {
    for (const part of ["a:", ",", "unavailable_after: 1,", "max-snippet:", "- - ", "0:0:"]) {
      read(part.repeat(100_000));
    }
  };
  expect(await leastCpuOf(work, 1000)).toBeLessThan(1000);
});
