import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createGuard, parseHosts } from "../../../../crawler/egress/guard.ts";
import { openSocket } from "../../../../crawler/egress/tunnel.ts";
import { type Loopback, listen } from "../../../helpers/loopback.ts";

let canary: Loopback;

beforeAll(async () => {
  canary = await listen("127.0.0.1", (_, response) => response.end("canary"));
});

afterAll(() => canary.close());

const strict = createGuard({
  hosts: parseHosts("93.184.216.34 public.example"),
  allowNetworks: [],
});

test.each([
  ["93.184.216.34", "egress refused: 93.184.216.34 port 6379"],
  ["public.example", "egress refused: public.example is 93.184.216.34"],
])("no socket is opened to %s on another port than a web port", async (host, why) => {
  await expect(openSocket(strict, { host, port: 6379 })).rejects.toMatchObject({ message: why });
});

test("a socket that came out at another address than the one judged is closed", async () => {
  // The system takes 0.0.0.0 for our own machine.
  const zero = createGuard({
    hosts: parseHosts("0.0.0.0 zero.example"),
    allowNetworks: ["0.0.0.0/32"],
  });
  const { port } = canary;
  await expect(openSocket(zero, { host: "zero.example", port })).rejects.toThrow(
    `egress refused: zero.example is 127.0.0.1, port ${port}`,
  );
  const open = () =>
    new Promise((resolve) => canary.server.getConnections((_, count) => resolve(count)));
  await vi.waitUntil(async () => (await open()) === 0, { timeout: 20_000 });
});
