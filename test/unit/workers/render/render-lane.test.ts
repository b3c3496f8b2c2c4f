import { describe, expect, test } from "vitest";
import { confirmed, laneFor, pageType } from "../../../../workers/render/render-lane.ts";

const now = new Date("2026-11-25T12:00:00Z");
const host = { _id: "city.example", render: {} };
const url = "https://city.example/news/2026/11/portal-opens";

const auto = { _id: "cities", render: "auto" } as const;

test("a source that wants the browser is read in the browser", () => {
  expect(laneFor({ _id: "cities", render: "browser" }, host, url, now)).toBe("browser");
});

test("a PDF is read over HTTP, also of a source that wants the browser", () => {
  const release = "https://city.example/press/heat.PDF?download=1";
  expect(laneFor({ _id: "cities", render: "browser" }, host, release, now)).toBe("http");
});

test("a source that leaves it open is read over HTTP at first", () => {
  expect(laneFor(auto, host, url, now)).toBe("http");
});

describe("once a page has needed the browser", () => {
  const memory = confirmed(undefined, now);
  const known = { ...host, render: { [pageType(auto._id, url)]: memory } };

  test("pages with a URL of the same kind are read in the browser", () => {
    expect(laneFor(auto, known, "https://city.example/news/2026/10/another", now)).toBe("browser");
  });

  test("a source that wants HTTP is still read over HTTP", () => {
    expect(laneFor({ _id: "cities", render: "http" }, known, url, now)).toBe("http");
  });

  test("pages with a URL of another kind are read over HTTP", () => {
    expect(laneFor(auto, known, "https://city.example/blog/another", now)).toBe("http");
  });

  test("pages of another source on the same host are read over HTTP", () => {
    expect(laneFor({ ...auto, _id: "other" }, known, url, now)).toBe("http");
  });

  test("pages of another host are read over HTTP", () => {
    expect(laneFor(auto, known, "https://other.example/news/2026/11/x", now)).toBe("http");
  });

  test("a month later pages are read over HTTP again", () => {
    const month = new Date(now.getTime() + 31 * 86_400_000);
    expect(laneFor(auto, known, url, month)).toBe("http");
  });
});
