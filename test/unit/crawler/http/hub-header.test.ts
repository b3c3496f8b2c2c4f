import { expect, test } from "vitest";
import { hubInHeader } from "../../../../crawler/http/response.ts";

const url = "https://city.example/feed";

test.each([
  ['<https://hub.example/>; rel="hub", </topic>; rel=self', "https://city.example/topic"],
  ['<https://hub.example/>;title="a, b";rel="alternate HUB"', url],
  ['<https://hub.example/>; rel=hub, <https://other.example/>; rel="hub"', url],
])("%s names a hub", (header, self) => {
  expect(hubInHeader(header, url)).toEqual({ url: "https://hub.example/", self });
});

test.each([undefined, "", '</feed>; rel="self"', "<https://hub.example/>", "<", "<<>>; rel=hub"])(
  "%s names none",
  (header) => {
    expect(hubInHeader(header, url)).toBeNull();
  },
);
