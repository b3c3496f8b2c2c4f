import { expect, test } from "vitest";
import { createWatch } from "../../../../web/server/watch.ts";

/** How many of so many readers from these addresses are admitted, and why others aren't. */
function admit(addresses: string[], watch = createWatch(() => Promise.resolve({ seq: 0 }))) {
  const gone = addresses.map(() => new AbortController());
  const refused = addresses.flatMap((address, n) => {
    try {
      watch.admit(address, gone[n]?.signal ?? AbortSignal.abort());
      return [];
    } catch (error) {
      return [Reflect.get(error as Error, "status") as number];
    }
  });
  return { admitted: addresses.length - refused.length, refused: new Set(refused), watch, gone };
}

const times = (count: number, make: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => make(n));

test("one address gets a tenth of the places for waiting readers", () => {
  const { admitted, refused, watch } = admit(times(1000, () => "192.0.2.1"));
  expect([admitted, refused]).toEqual([100, new Set([429])]);
  expect(admit(["192.0.2.2"], watch).admitted).toBe(1);
});

test("all addresses of an IPv6 network of 64 bits are one", () => {
  const { admitted, watch } = admit(times(1000, (n) => `2001:db8::${n.toString(16)}`));
  expect(admitted).toBe(100);
  expect(admit(["2001:db8:0:1::1"], watch).admitted).toBe(1);
});

test("there are a thousand places, which readers who are gone give back", () => {
  const addresses = times(1100, (n) => `192.0.2.${n % 20}`);
  const { admitted, refused, watch, gone } = admit(addresses);
  expect([admitted, refused]).toEqual([1000, new Set([503])]);
  for (const reader of gone) reader.abort();
  expect(admit(addresses, watch).admitted).toBe(1000);
});
