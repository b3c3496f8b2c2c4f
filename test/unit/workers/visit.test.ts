import { expect, test } from "vitest";
import type { HttpRequest } from "../../../fetch/http.ts";
import type { Received } from "../../../fetch/received.ts";
import { Source } from "../../../model/source.ts";
import { createVisitor, ownPlaces } from "../../../workers/visit.ts";

/** An answer that leads to `location`, or a page where that is null. */
function answerOf({ url }: HttpRequest, location: string | null): Received {
  const at = new Date();
  const bytes = new TextEncoder().encode("<p>here");
  const about = { encoding: null, truncated: false, address: null, startedAt: at, endedAt: at };
  const headers = { "content-type": "text/html" };
  const came = { url, headers, requestHeaders: {}, location, ms: 0, wire: bytes, decoded: bytes };
  return { ...came, ...about, status: location ? 302 : 200 };
}

test("headers of a source go with a redirect over its own hosts, and no further", async () => {
  const sent: [string, string | undefined][] = [];
  const next: Record<string, string> = {
    "https://paper.example/a": "https://www.paper.example/a",
    "https://www.paper.example/a": "https://mirror.example/a",
    "https://mirror.example/a": "https://strange.example/a",
  };
  const get = (request: HttpRequest) => {
    if (!request.url.endsWith(".txt")) sent.push([request.url, request.headers?.["X-Key"]]);
    return Promise.resolve(answerOf(request, next[request.url] ?? null));
  };
  const source = Source.parse({
    id: "paper",
    name: "Paper",
    feeds: ["https://paper.example/rss"],
    headers: { "X-Key": "s3cret" },
    allowHosts: ["mirror.example"],
  });
  const visitor = createVisitor({
    http: { get },
    takePlace: ownPlaces(),
    product: "Newsgather",
    now: () => new Date(),
    delay: 0,
  });
  await visitor.visit("https://paper.example/a", "article", source);
  expect(sent).toEqual([
    ["https://paper.example/a", "s3cret"],
    ["https://www.paper.example/a", "s3cret"],
    ["https://mirror.example/a", "s3cret"],
    ["https://strange.example/a", undefined],
  ]);
});
