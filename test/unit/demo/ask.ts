import { type IncomingHttpHeaders, request } from "node:http";
import { gunzipSync } from "node:zlib";
import type { World } from "../../../demo/world.ts";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Decompressed. */
  body: Buffer;
}

/** Asks a site of a world for a page, by the world's own hosts file. */
export function ask(
  world: World,
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Answer> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const line = world.hosts.split("\n").find((one) => one.endsWith(` ${hostname}`));
  const address = line?.split(" ")[0] ?? hostname;
  return new Promise((resolve, reject) => {
    const call = request(
      { host: address, port, path: pathname + search, method, headers: { host, ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const raw = Buffer.concat(parts);
          const zipped = response.headers["content-encoding"] === "gzip";
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: zipped ? gunzipSync(raw) : raw,
          });
        });
      },
    );
    call.on("error", reject);
    call.end();
  });
}

/** The charset that an answer declares, in its header or its markup. */
export function charsetOf(answer: Answer): string {
  const head = answer.body.subarray(0, 1024).toString("latin1");
  const header = /charset=([\w-]+)/.exec(answer.headers["content-type"] ?? "")?.[1];
  return header ?? /charset=["']?([\w-]+)/.exec(head)?.[1] ?? "utf-8";
}

/** The text of an answer in its declared charset. */
export function textOf(answer: Answer): string {
  return new TextDecoder(charsetOf(answer)).decode(answer.body);
}

/** Text of markup without tags, all white space as one blank. */
export function visible(markup: string): string {
  return markup
    .replace(/<[^>]+>/g, "")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ");
}
