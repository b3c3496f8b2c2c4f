import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Upstream } from "../../crawler/egress/tunnel.ts";

/** A proxy as publishers' networks have them, which leads anywhere. */
export interface TestUpstream {
  /** `127.0.0.1:PORT` */
  at: string;
  /** Connections to it so far. */
  hits(): number;
  /** What it was asked to lead to, in order. */
  requests: string[];
  /** Answered to whoever asks for a way, in place of one; null: a way. */
  refuses: { status: number | null };
  close(): Promise<void>;
}

/** Starts a proxy on our own machine; with `credentials` (`user:password`) for those who know them alone. */
export async function startUpstream(credentials: string | null = null): Promise<TestUpstream> {
  const requests: string[] = [];
  const refuses: TestUpstream["refuses"] = { status: null };
  const open = new Set<Socket>();
  let hits = 0;
  const wanted = `Basic ${Buffer.from(credentials ?? "").toString("base64")}`;
  // A proxy that is asked in the other form is told apart from one that is not asked.
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

/** The proxy as an operator names it by reference. */
export function byReference({ at }: TestUpstream, credentials = ""): Upstream {
  const url = `http://${credentials}${at}`;
  return { name: "env:SECRET_PROXY", url, guarded: false };
}
