import { expect, test } from "vitest";
import { createGuard, parseHosts } from "../../../../crawler/egress/guard.ts";
import { addressGroup } from "../../../../crawler/politeness/pace.ts";

const hosts = parseHosts(`
127.1.0.9 a.example b.example
127.1.0.3 b.example c.example
127.0.0.1 inside.example
93.184.216.34 public.example`);
const guard = createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] });

test.each([
  ["a.example:8080", "127.1.0.9"],
  ["b.example", "127.1.0.3"],
  ["c.example", "127.1.0.3"],
  ["127.1.0.3:81", "127.1.0.3"],
  ["inside.example", null],
  ["127.0.0.1", null],
  ["public.example", "93.184.216.34"],
  ["public.example:8080", null],
  ["nowhere.invalid", null],
])("%s is in the group of %s", async (host, group) => {
  expect(await addressGroup(guard, host)).toBe(group);
});
