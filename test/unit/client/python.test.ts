import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../helpers/loopback.ts";

const MODULES = new URL("../../../client/python", import.meta.url).pathname;
const PROGRAM = `
import sys
sys.path.insert(0, sys.argv[1])
from newsgather import Client

def stop(error, pause):
    print(f"waits: {error}" if pause > 0 else f"waits not: {error}")
    sys.exit()

try:
    for step in Client(sys.argv[2]).follow(cursor="c1", on_retry=stop):
        pass
except Exception as error:
    print(f"raises: {error}")
`;

/** Returns whether the client in Python waits after its first error or raises it, and the error. */
async function firstErrorAt(base: string): Promise<string> {
  const child = spawn("python3", ["-B", "-c", PROGRAM, MODULES, base]);
  const [printed] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return printed.trim();
}

test.each([
  ["a proxy's problem without a code is waited out", {}],
  ["a problem is waited out even if the answer asks for no wait", { "retry-after": "0" }],
])("%s", async (_title, asked) => {
  const problem = { title: "Origin timed out", status: 522, detail: "The origin timed out." };
  const server = await listen("127.0.0.1", (_, reply) => {
    const headers = { "content-type": "application/problem+json", ...asked };
    reply.writeHead(522, headers).end(JSON.stringify(problem));
  });
  onTestFinished(() => server.close());
  expect(await firstErrorAt(server.origin)).toBe("waits: The origin timed out.");
});

test.each(["http://localhost:port", "http://my host:3000"])(
  "%s is refused at once, not waited for",
  async (base) => {
    expect(await firstErrorAt(base)).toContain("raises: ");
  },
);
