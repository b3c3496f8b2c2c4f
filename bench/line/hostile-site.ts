import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { HOSTILE } from "../../test/helpers/hostile-pages.ts";
import { rawResponse, sendRaw } from "../../test/helpers/raw-responses.ts";

// Serves a site with the worst known content in a separate process. Prints the site's port on
// stdout. Each article of the site's feed is one attack.
const [address = "127.1.250.1", items = "240"] = process.argv.slice(2);
const MB = 2 ** 20;
const BOMB = gzipSync(Buffer.alloc(200 * MB));
const TWICE_DEFLATED = deflateSync(deflateSync(Buffer.alloc(400 * MB)));
const PDF = Buffer.concat([
  Buffer.from(
    `%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>> endobj\n4 0 obj <</Filter[/FlateDecode/FlateDecode]/Length ${TWICE_DEFLATED.length}>> stream\n`,
  ),
  TWICE_DEFLATED,
  Buffer.from("\nendstream endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"),
]);
const ROBOTS = `User-agent: *\n${`Disallow: /a${" ".repeat(16_600)}b\n`.repeat(30)}`;
const SENTENCE = "The council agreed on a plan for the lamps of the old harbour. ";
const LONG_TEXT = `<p>${SENTENCE.repeat(20)}</p>`.repeat(6000);
const MANY_HEADERS = Array.from({ length: 10_000 }, (_, n) => `X-${n}: ${n}\r\n`).join("");
const HINTS = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(2000);
const CLOSE = "Connection: close\r\n";
let changes = 0;

const page = (body: string) =>
  `<!doctype html><title>Portal</title><article><h1>Portal opens</h1>${body}</article>`;
const html = (body: string | Buffer, more = "") =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${more}${CLOSE}\r\n`),
    Buffer.from(body),
  ]);
const goTo = (to: string) =>
  `HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n${CLOSE}\r\n`;
/** Returns a page in which every second word differs from the previous response. */
const changed = () => {
  changes += 1;
  const words = Array.from({ length: 3000 }, (_, n) => (n % 2 ? `w${n}` : `w${n}x${changes}`));
  return page(`<p>${"x".repeat(8000)}${changes}</p><p>${words.join(" ")}</p>`.repeat(5));
};

function pour(socket: Socket, first: string, again: string, everyMs: number): void {
  socket.write(first);
  const timer = setInterval(() => {
    if (socket.writableLength < MB) socket.write(again);
  }, everyMs);
  socket.on("close", () => clearInterval(timer));
}

const OK = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n`;
const ATTACKS: ((socket: Socket, n: number) => void)[] = [
  (socket, n) => {
    const [, size, make] = HOSTILE[n % HOSTILE.length] ?? [];
    socket.end(html(make && size ? make(size) : ""));
  },
  (socket) => socket.end(html(changed())),
  (socket) => socket.end(html(BOMB, "Content-Encoding: gzip\r\n")),
  (socket) => pour(socket, `${OK}\r\n<p>`, "x", 100),
  (socket, n) => sendRaw(socket, rawResponse(n)),
  (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nConnection: close\r\n\r\n");
    socket.end(PDF);
  },
  (socket) => socket.end(`${OK}${MANY_HEADERS}\r\n<p>x`),
  (socket) => pour(socket, `${OK}Transfer-Encoding: chunked\r\n\r\n`, "1\r\na\r\n".repeat(200), 10),
  (socket, n) => socket.end(goTo(`/p/${n}?again=${Date.now()}`)),
  (socket, n) => socket.end(goTo(`http://n${n}.silent-${n % 7}.com/p`)),
  (socket) => pour(socket, HINTS, HINTS, 10),
  (socket) => socket.end(html(page(LONG_TEXT))),
];

const feed = (origin: string) => {
  const entries = Array.from({ length: Number(items) }, (_, n) => {
    return `<item><title>Portal ${n}</title><link>${origin}/p/${n}</link><pubDate>${new Date().toUTCString()}</pubDate></item>`;
  });
  return `HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n${CLOSE}\r\n<rss version="2.0"><channel><title>Worst</title>${entries.join("")}</channel></rss>`;
};

const server = createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.once("data", (asked) => {
    const text = asked.toString("latin1");
    const path = text.split(" ")[1] ?? "";
    const host = /^host: (\S+)/im.exec(text)?.[1] ?? address;
    const number = Number(/^\/p\/(\d+)/.exec(path)?.[1] ?? -1);
    if (path === "/robots.txt") return socket.end(html(ROBOTS).toString().replace("html", "plain"));
    if (path === "/feed") return socket.end(feed(`http://${host}`));
    const attack = ATTACKS[number % ATTACKS.length];
    if (attack) return attack(socket, Math.floor(number / ATTACKS.length));
    socket.end(`HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n${CLOSE}\r\n`);
  });
}).listen(0, address);
await once(server, "listening");
const bound = server.address();
process.stdout.write(`${bound && typeof bound === "object" ? bound.port : 0}\n`);
