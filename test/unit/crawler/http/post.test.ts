import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createGuard } from "../../../../crawler/egress/guard.ts";
import { createPost } from "../../../../crawler/http/post.ts";

const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });

test("the start of an answer is enough, even if the answer never ends", async () => {
  const bytes = 4096;
  const server = createServer((_, response) => void response.write("x".repeat(bytes)));
  await new Promise<void>((resolve) => server.listen(0, "127.1.9.8", resolve));
  const limits = { deadline: 60_000, afterHeaders: 60_000, bytes };
  const post = createPost({ guard, userAgent: "Newsgather/test", limits });
  onTestFinished(async () => {
    await post.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const answer = await post.send(`http://127.1.9.8:${port}/`, { headers: {}, body: "{}" });
  expect(answer).toMatchObject({ status: 200, body: "x".repeat(bytes) });
});
