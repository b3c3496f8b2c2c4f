import { expect, test } from "vitest";
import { browserVerdict, laneFor } from "../../../../workers/turn/render-lane.ts";

const now = new Date("2026-11-25T12:00:00Z");
const host = { _id: "city.example", render: {} };
const url = "https://city.example/news/2026/11/portal-opens";

test("a source's own word decides, else what its pages on the host needed before", () => {
  const auto = { _id: "cities", render: "auto" } as const;
  expect(laneFor({ _id: "cities", render: "browser" }, host, url, now)).toBe("browser");
  expect(laneFor(auto, host, url, now)).toBe("http");
  const release = "https://city.example/press/heat.PDF?download=1";
  expect(laneFor({ _id: "cities", render: "browser" }, host, release, now)).toBe("http");

  const { type, memory } = browserVerdict(auto, host, url, now);
  const taught = { ...host, render: { [type]: memory } };
  expect(laneFor(auto, taught, "https://city.example/news/2026/10/another", now)).toBe("browser");
  expect(laneFor({ _id: "cities", render: "http" }, taught, url, now)).toBe("http");
  expect(laneFor(auto, taught, "https://city.example/blog/another", now)).toBe("http");
  expect(laneFor({ ...auto, _id: "other" }, taught, url, now)).toBe("http");
  expect(laneFor(auto, taught, "https://other.example/news/2026/11/x", now)).toBe("http");
  const month = new Date(now.getTime() + 31 * 86_400_000);
  expect(laneFor(auto, taught, url, month)).toBe("http");
});
