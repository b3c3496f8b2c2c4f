import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createLogger } from "../../config/logger.ts";
import { createGuard } from "../../crawler/egress/guard.ts";
import { createPost } from "../../crawler/http/post.ts";
import { readDeliveries } from "../../store/publish/subscribers.ts";
import type { Store } from "../../store/store.ts";
import * as manage from "../../web/api/manage-webhooks.ts";
import type { DeliverDeps } from "../../workers/deliver/attempt.ts";
import { deliver } from "../../workers/deliver/deliver.ts";

/** A request that a receiver got. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** How a receiver responds. */
export type Answer = (response: ServerResponse) => void;

/** Limits of a POST in tests; only a receiver that hangs takes all of `deadline`. */
export const LIMITS = { deadline: 2500, afterHeaders: 200, bytes: 4096 };

/** Returns a POST function that may reach receivers on 127.1.0.0/16; `inside.example` resolves to internal services. */
export function testPost() {
  const hosts = new Map([["inside.example", ["127.0.0.1"]]]);
  const guard = createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] });
  return createPost({ guard, userAgent: "Newsgather/test", limits: LIMITS });
}

/** Hostile receivers: how each responds, and the resulting problem; null if the message counts as accepted. */
export const HOSTILE: [string, Answer, RegExp | null][] = [
  ["hangs", () => {}, /timeout|aborted/i],
  [
    "redirects",
    (response) => response.writeHead(302, { location: "http://127.1.9.9:1/x" }).end(),
    /redirects are not followed/,
  ],
  ["says more than it sends", (response) => answerWith(response, "content-length: 9999"), null],
  ["never ends its body", (response) => void response.writeHead(200).write("x"), null],
  [
    "sends gigabytes",
    (response) => {
      response.writeHead(200);
      const more = () => void response.write(Buffer.alloc(65_536), () => setImmediate(more));
      more();
    },
    null,
  ],
  ["says it is compressed", (response) => answerWith(response, "content-encoding: gzip"), null],
];

function answerWith(response: ServerResponse, header: string): void {
  response.socket?.end(`HTTP/1.1 200 OK\r\n${header}\r\nconnection: close\r\n\r\nnot so`);
}

let open: Server[] = [];

/** Starts a receiver on loopback that responds as `answer` says. */
export async function receive(answer: Answer): Promise<{ got: Received[]; url: string }> {
  const got: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      answer(response);
    });
  });
  return { got, url: await listening(server) };
}

/** Starts a server on the address of receivers. Returns its URL. */
export async function listening(server: Server): Promise<string> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.1.9.9", resolve));
  return `http://127.1.9.9:${(server.address() as AddressInfo).port}/hook`;
}

/** Closes all receivers. */
export function closeReceivers(): void {
  for (const server of open) server.close();
  open = [];
}

/** Adds a webhook at the start of a store's stream, with a clock that a test can move. */
export async function subscribe(store: Store, post: DeliverDeps["post"], url: string, filter = {}) {
  let now = Date.now();
  const clock = () => new Date(now);
  const log = createLogger({ logLevel: "silent" });
  const deps: DeliverDeps = {
    store,
    now: clock,
    random: () => 0.5,
    log,
    post,
    noteProgress: () => {},
  };
  const wanted = { url, from: "start", filter, refusal: post.refusal(url) };
  const { _id: id } = await manage.makeWebhook(store, wanted, { actor: "test", now: clock() });
  return {
    id,
    deps,
    now: clock,
    advance: (ms: number) => void (now += ms),
    run: (overrides: Partial<DeliverDeps> = {}) => deliver({ ...deps, ...overrides }, id),
    state: () => manage.webhookOf(store, id),
    log: () => readDeliveries(store, id, { now: clock(), limit: 50 }),
  };
}
