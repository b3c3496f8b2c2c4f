import fastify from "fastify";
import { expect, test } from "vitest";
import { listen } from "../../../../web/server/listen.ts";

test.each(["0.0.0.0", "::", "192.168.0.1", "10.0.0.1", "example.com", "127.0.0.1.example.com", ""])(
  "%j is refused with the reason, and nothing is bound",
  async (host) => {
    const app = fastify();
    await expect(listen(app, { host, port: 0, accounts: false })).rejects.toThrow(
      /refusing.*users add/s,
    );
    expect(app.server.listening).toBe(false);
  },
);

test("a loopback address is bound", async () => {
  const app = fastify();
  const address = await listen(app, { host: "127.0.0.1", port: 0, accounts: false });
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await app.close();
});

test("with users or keys any address is bound", async () => {
  const app = fastify();
  await listen(app, { host: "0.0.0.0", port: 0, accounts: true });
  expect(app.server.address()).toMatchObject({ address: "0.0.0.0" });
  await app.close();
});
