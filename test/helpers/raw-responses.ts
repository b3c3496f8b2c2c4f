import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";

/** What a server does after its last byte: end the connection, reset it, nothing, or send bytes without end. */
type Ending = "end" | "reset" | "silence" | { drip: string };

/** The response of a server that doesn't know HTTP. */
export interface RawResponse {
  /** What is odd about it. */
  name: string;
  parts: Buffer[];
  ending: Ending;
}

/** Returns a generator of numbers in [0, 1) that are the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PAGE = `<!doctype html><title>Council</title><p>${"The council opened its data portal. ".repeat(40)}`;
const TYPE = "Content-Type: text/html\r\n";
const WHOLE = `HTTP/1.1 200 OK\r\n${TYPE}Content-Length: ${PAGE.length}\r\n\r\n${PAGE}`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const CHUNKED = `HTTP/1.1 200 OK\r\n${TYPE}Transfer-Encoding: chunked\r\n\r\n`;
const nested = (layers: number) => {
  let body: Buffer = Buffer.from(PAGE);
  for (let layer = 0; layer < layers; layer++) body = gzipSync(body);
  return body;
};
/** A zstd frame: magic number, descriptor, then anything. */
const ZSTD = Buffer.from("28b52ffd", "hex");
const BOMB = gzipSync(Buffer.alloc(3_000_000));
const BODIES: Record<string, Buffer> = {
  plain: Buffer.from(PAGE),
  gzip: gzipSync(PAGE),
  "gzip twice": nested(2),
  "gzip nine times": nested(9),
  brotli: brotliCompressSync(PAGE),
  deflate: deflateSync(PAGE),
  "raw deflate": deflateRawSync(PAGE),
  zstd: Buffer.concat([ZSTD, Buffer.from("0058010000", "hex"), Buffer.from(PAGE)]),
  bomb: BOMB,
  empty: Buffer.alloc(0),
};
const CODINGS =
  "gzip|br|deflate|zstd|x-gzip|identity|compress|gzip, gzip|gzip, br|, ,|GZIP|none|\x01"
    .split("|")
    .concat(Array.from({ length: 9 }, () => "gzip").join(","));

/** Header lines, grouped by kind; each may be in any response. */
const HEADERS: Record<string, string[]> = {
  trailer: [
    "Trailer: X",
    "Trailer: Content-Length",
    "Trailer:",
    "Trailer: X\r\nTrailer: Y",
    "TE: trailers",
  ],
  "transfer-encoding": [
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, gzip",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding:\x0bchunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 5",
  ],
  "content-length": [
    "0",
    "5",
    "-1",
    "+5",
    "99999999999999999999",
    "4294967301",
    "0x10",
    "1e3",
    "5, 5",
    "5, 6",
    "",
    " ",
    "5 6",
    "NaN",
  ]
    .map((value) => `Content-Length: ${value}`)
    .concat("Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nContent-Length: 5"),
  folded: [
    "X: a\r\n b",
    "X: a\r\n\tb\r\n\tc",
    " X: begins with a blank",
    "Content-Length: 5\r\n 0",
    "X:\r\n ",
  ],
  names: [
    ": no name",
    " : blank",
    "X Y: blank inside",
    "no colon",
    "X\x00Y: a",
    "X\x7f: a",
    "\xff\xfe: a",
    "__proto__: a",
    "constructor: a",
    "(): a",
    "Ünïcode: a",
    "\t: a",
  ],
  values: [
    "X: \x00",
    "X: \x01\x02\x1f",
    "X: \x7f",
    "X: \xff\xfe\x80",
    "X: \u0430\u2028",
    "X: a\rb",
    "X: a\nY: b",
    `X: ${"y".repeat(20_000)}`,
    `X: ${"y".repeat(300_000)}`,
    `X:${" ".repeat(15_000)}`,
  ],
  location: [
    "//[",
    "http://",
    "\x00",
    "http://127.0.0.1:1/",
    "data:,x",
    "//a//b",
    "http://[::1",
    "%",
    "\u0430",
    "a".repeat(9000),
    "http://a:b@c/",
    "http://one.example:99999/",
    "javascript:1",
    "",
  ].map((to) => `Location: ${to}`),
  type: [
    "",
    ";",
    "text/html; charset=",
    "text/html; charset=utf-7",
    'text/html; charset="',
    "text/html;charset=\xff",
    "a/b/c",
    "text/html\x00",
    "multipart/x-mixed-replace; boundary=x",
    "text/html, text/plain",
  ].map((type) => `Content-Type: ${type}`),
  other: [
    "Retry-After: -1",
    "Retry-After: 1e99",
    "Retry-After: Thu, 99 Foo 99999",
    "Date: never",
    "ETag: \x01",
    "ETag: W/",
    "Last-Modified: \xff",
    "Connection: close, keep-alive, \x01",
    "Connection: upgrade",
    "Upgrade: websocket",
    "Connection: Content-Length",
    "Keep-Alive: timeout=-1",
    "Keep-Alive: timeout=1e400",
    "Set-Cookie: =",
    "Set-Cookie: \xff=\x01",
    "Refresh: 0;url=//[",
    "Link: <",
    'Alt-Svc: h3=":443"',
    "Content-Range: bytes 0-0/0",
    "WWW-Authenticate: Basic",
    "Proxy-Authenticate: Basic",
    "X-Newsgather-Refused: yes",
    "Strict-Transport-Security: \x00",
    'Content-Disposition: attachment; filename="a',
    "Content-Security-Policy: sandbox",
    'Clear-Site-Data: "*"',
  ],
  many: [
    Array.from({ length: 10_000 }, (_, n) => `X-${n}: ${n}`).join("\r\n"),
    Array.from({ length: 1500 }, (_, n) => `X-${n}:`).join("\r\n"),
    Array.from({ length: 1000 }, () => "Set-Cookie: a=b").join("\r\n"),
    Array.from({ length: 1000 }, () => "a:b").join("\r\n"),
  ],
};
const STATUS_LINES = [
  "HTTP/1.1 200",
  "HTTP/1.1  200 OK",
  "HTTP/1.1 200 \xff\x00",
  "HTTP/1.0 200 OK",
  "HTTP/0.9 200 OK",
  "HTTP/2 200",
  "HTTP/2.0 200 OK",
  "HTTP/1.2 200 OK",
  "HTTP/9.9 200 OK",
  "HTTP/ 200",
  "http/1.1 200 OK",
  "ICY 200 OK",
  "HTTP/1.1",
  "HTTP/1.1 OK",
  "HTTP/1.1 2e2 OK",
  "HTTP/1.1 -20 OK",
  "HTTP/1.1 20 OK",
  "HTTP/1.1 2000 OK",
  "200 OK",
  "",
  " ",
  "\x00\x01",
  "SSH-2.0-OpenSSH_9.6",
  "+OK POP3",
  "GET / HTTP/1.1",
  "\x16\x03\x01\x02",
  "<!doctype html>",
  `HTTP/1.1 200 ${"x".repeat(20_000)}`,
];

/** The kinds of odd responses; each makes one from its number and chance. */
const MAKERS: ((n: number, random: () => number) => RawResponse)[] = [
  (n, random) => {
    const status = `${n % 1000}`.padStart(3, "0");
    const lines = random() < 0.3 ? some(HEADERS, random)[1] : `Content-Length: ${PAGE.length}`;
    return answerOf(
      `status ${status}`,
      `HTTP/1.1 ${status} Odd\r\n${TYPE}${lines}\r\n\r\n${PAGE}`,
      random,
    );
  },
  (_, random) => {
    const line = pick(STATUS_LINES, random);
    return answerOf(
      `status line ${name(line)}`,
      `${line}\r\n${TYPE}Content-Length: ${PAGE.length}\r\n\r\n${PAGE}`,
      random,
    );
  },
  (n, random) => {
    const kinds = Object.keys(HEADERS);
    const kind = kinds[n % kinds.length] ?? "";
    const line = pick(HEADERS[kind] ?? [], random);
    const lengths = random() < 0.5 ? `Content-Length: ${PAGE.length}\r\n` : "";
    return answerOf(
      `${kind}: ${name(line)}`,
      `HTTP/1.1 200 OK\r\n${TYPE}${lengths}${line}\r\n\r\n${PAGE}`,
      random,
    );
  },
  (_, random) => {
    const lines = Array.from(
      { length: 1 + Math.floor(random() * 6) },
      () => some(HEADERS, random)[1],
    );
    const status = pick(
      ["200", "204", "205", "301", "302", "304", "401", "407", "416", "429", "503"],
      random,
    );
    return answerOf(
      `headers of ${status}: ${name(lines.join(" | "))}`,
      `HTTP/1.1 ${status} X\r\n${lines.join("\r\n")}\r\n\r\n${PAGE}`,
      random,
    );
  },
  (_, random) => {
    const status = pick(["100", "101", "102", "103", "110", "199"], random);
    const count = pick([1, 2, 30, 2000], random);
    const line = random() < 0.5 ? "Link: </a>; rel=preload\r\n" : "";
    const manyHeaders = `HTTP/1.1 ${status} Wait\r\n${line}\r\n`;
    const last = pick(
      [WHOLE, "", "\r\n", "HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nraw"],
      random,
    );
    const ending: Ending = random() < 0.3 ? { drip: manyHeaders } : endingOf(random);
    return {
      name: `${count} times ${status}`,
      parts: [Buffer.from(manyHeaders.repeat(count) + last)],
      ending,
    };
  },
  (_, random) => {
    const body = pick(
      [
        chunk(PAGE),
        `${chunk(PAGE)}0\r\n`,
        `${chunk(PAGE)}0\r\n\r\n`,
        "ffffffff\r\nabc",
        "fffffffffffffffff\r\nabc",
        "-5\r\nabcde\r\n0\r\n\r\n",
        "5;a=b\r\nabcde\r\n0\r\n\r\n",
        `5;${"x".repeat(20_000)}\r\nabcde\r\n0\r\n\r\n`,
        "5\r\nabcdefgh\r\n0\r\n\r\n",
        "g\r\nabc\r\n",
        "\r\n\r\n",
        "5 \r\nabcde\r\n0\r\n\r\n",
        "0x5\r\nabcde\r\n0\r\n\r\n",
        "5\nabcde\n0\n\n",
        "1\r\na\r\n".repeat(3000),
        `${chunk(PAGE)}0\r\nX: y\r\n\r\n`,
        `${chunk(PAGE)}0\r\n${"X: y\r\n".repeat(5000)}\r\n`,
        `${chunk(PAGE)}0\r\nContent-Length: 1\r\n\r\n`,
        `${chunk(PAGE)}0\r\n: \r\n\r\n`,
      ],
      random,
    );
    const ending: Ending =
      random() < 0.3 ? { drip: pick(["1\r\na\r\n", "0", "\r\n"], random) } : endingOf(random);
    return { name: `chunks ${name(body)}`, parts: [Buffer.from(CHUNKED + body, "latin1")], ending };
  },
  (_, random) => {
    const [kind, packed] = pick(Object.entries(BODIES), random);
    const coding = pick(CODINGS, random);
    const body = Buffer.from(packed);
    const how = pick(["whole", "cut", "flipped", "followed"], random);
    if (how === "flipped" && body.length > 0)
      body[Math.floor(random() * body.length)] = Math.floor(random() * 256);
    const cut = how === "cut" ? body.subarray(0, random() * body.length) : body;
    const sent = how === "followed" ? Buffer.concat([cut, Buffer.from("\x00more")]) : cut;
    const head = `HTTP/1.1 200 OK\r\n${TYPE}Content-Encoding: ${coding}\r\nContent-Length: ${sent.length}\r\n\r\n`;
    return {
      name: `${kind}, ${how}, said to be ${name(coding)}`,
      parts: [Buffer.from(head, "latin1"), sent],
      ending: endingOf(random),
    };
  },
  (n, random) => {
    const at = n % 1000;
    const bytes = Buffer.from(random() < 0.5 ? WHOLE : CHUNKED + chunk(PAGE));
    const ending = pick<Ending>(["reset", "end", "silence"], random);
    return {
      name: `${JSON.stringify(ending)} after ${at} bytes`,
      parts: [bytes.subarray(0, at)],
      ending,
    };
  },
  (_, random) => {
    const bytes = Buffer.from(WHOLE, "latin1");
    const count = 1 + Math.floor(random() * 8);
    for (let at = 0; at < count; at++)
      bytes[Math.floor(random() * 150)] = Math.floor(random() * 256);
    return { name: "flipped bytes", parts: [bytes], ending: endingOf(random) };
  },
];

/** Number of kinds; this many consecutive responses include each kind once. */
export const KINDS = MAKERS.length;

function answerOf(of: string, text: string, random: () => number): RawResponse {
  const bytes = Buffer.from(text, "latin1");
  // Sometimes it comes in two pieces.
  const cut = Math.floor(random() * Math.min(bytes.length, 400));
  const parts = random() < 0.2 ? [bytes.subarray(0, cut), bytes.subarray(cut)] : [bytes];
  return { name: of, parts, ending: endingOf(random) };
}

function endingOf(random: () => number): Ending {
  const chance = random();
  if (chance < 0.75) return "end";
  if (chance < 0.88) return "reset";
  return chance < 0.96 ? "silence" : { drip: "x" };
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick");
  return item;
}

function some(groups: Record<string, string[]>, random: () => number): [string, string] {
  const [kind, lines] = pick(Object.entries(groups), random);
  return [kind, pick(lines, random)];
}

const name = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);

/** Returns the response with this number, always the same one. */
export function rawResponse(number: number): RawResponse {
  const random = randomOf(number * 7919 + 17);
  const kind = MAKERS[number % KINDS];
  if (!kind) throw new Error(`no kind for ${number}`);
  return kind(Math.floor(number / KINDS), random);
}

/**
 * Starts servers with raw responses, one per address: a request for `/N`, or a tunnel to port `N`, gets the response
 * with number N.
 */
export async function serveRawResponses(addresses: readonly string[]) {
  const open = new Set<Socket>();
  const listener = (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket)).on("error", () => socket.destroy());
    let request = "";
    socket.on("data", (bytes) => {
      request += bytes.toString("latin1");
      const number = /^(?:GET \/|CONNECT [^ :]*:)(\d+)\S* HTTP\/1\.1\r\n[^]*\r\n\r\n/.exec(
        request,
      )?.[1];
      if (number === undefined) return;
      request = "";
      sendRaw(socket, rawResponse(Number(number)));
    });
  };
  const servers = addresses.map((address) => createServer(listener).listen(0, address));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const hosts = servers.map((server) => {
    const bound = server.address();
    if (!bound || typeof bound !== "object") throw new Error("no address");
    return `${bound.address}:${bound.port}`;
  });
  return {
    /** `ADDRESS:PORT` of each. */
    hosts,
    /** Number of open connections. */
    open: () => open.size,
    async close() {
      for (const socket of open) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

const DRIP_MS = 5;

/** Sends a response on a connection. */
export function sendRaw(socket: Socket, { parts, ending }: RawResponse): void {
  for (const part of parts) socket.write(part);
  if (ending === "end") socket.end();
  else if (ending === "reset") setImmediate(() => socket.resetAndDestroy());
  else if (ending !== "silence") {
    const timer = setInterval(
      () => socket.writableLength < 1e5 && socket.write(ending.drip, "latin1"),
      DRIP_MS,
    );
    socket.on("close", () => clearInterval(timer));
  }
}
