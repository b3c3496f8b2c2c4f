import { expect, test } from "vitest";
import { hostName, parseHosts } from "../../../../crawler/egress/guard.ts";

test.each([
  ["a semicolon", "127.1.0.1 a;127.1.0.2 b"],
  ["a line feed", "127.1.0.1 a\n127.1.0.2 b"],
  ["a carriage return", "127.1.0.1 a\r127.1.0.2 b"],
  ["both", "127.1.0.1 a\r\n127.1.0.2 b"],
])("%s ends a line of a hosts file", (_, text) => {
  expect([...parseHosts(text)]).toEqual([
    ["a", ["127.1.0.1"]],
    ["b", ["127.1.0.2"]],
  ]);
});

test("a name on two lines keeps both addresses in order", () => {
  const hosts = parseHosts("127.1.0.2 a\n127.1.0.1 a");
  expect(hosts.get("a")).toEqual(["127.1.0.2", "127.1.0.1"]);
});

test("an address without a name is an error that names the line", () => {
  expect(() => parseHosts("127.1.0.1 a\n127.1.0.2")).toThrow(/line 2/);
});

test("a host is compared without brackets, capitals and the last dot", () => {
  expect(["[::1]", "News.Example."].map(hostName)).toEqual(["::1", "news.example"]);
});
