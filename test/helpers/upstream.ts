import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Upstream } from "../../crawler/egress/tunnel.ts";

/** A forward proxy as in publishers' networks, which connects to any host. */
export interface TestUpstream {
  /** `127.0.0.1:PORT` */
  at: string;
  /** Connections to it so far. */
  hits(): number;
  /** The targets of its requests, in order. */
  requests: string[];
  /** Status with which it refuses a tunnel; null if it allows it. */
  refuses: { status: number | null };
  close(): Promise<void>;
}

/** Starts a proxy on this machine; with `credentials` (`user:password`) it requires them. */
export async function startUpstream(credentials: string | null = null): Promise<TestUpstream> {
  const requests: string[] = [];
  const refuses: TestUpstream["refuses"] = { status: null };
  const open = new Set<Socket>();
  let hits = 0;
  const wanted = `Basic ${Buffer.from(credentials ?? "").toString("base64")}`;
  // Counts requests in the other form too, to distinguish them from no request at all.
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(405).end();
  });
  server.on("connection", (socket) => {
    hits += 1;
    open.add(socket);
    socket.on("error", () => {});
  });
  server.on("connect", ({ url = "", headers }, client: Socket) => {
    const known = credentials === null || headers["proxy-authorization"] === wanted;
    const status = known ? refuses.status : 407;
    requests.push(url);
    if (status !== null) {
      client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(url) ?? [];
    const target = connect(Number(port), host.replace(/^\[|\]$/g, ""), () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    open.add(target);
    target.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => target.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    at: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits: () => hits,
    requests,
    refuses,
    close: () =>
      new Promise((done) => {
        for (const socket of open) socket.destroy();
        server.close(() => done());
      }),
  };
}

/** Returns the proxy as an operator refers to it. */
export function byReference({ at }: TestUpstream, credentials = ""): Upstream {
  const url = `http://${credentials}${at}`;
  return { name: "env:SECRET_PROXY", url, guarded: false };
}
