import { type Loopback, listen } from "./loopback.ts";

/** Names of the sites that `listenAsKeyed` serves. */
export const KEYED = ["keyed.example", "api.example", "strange.example"];

const TEXT = "The harbour office publishes berth times every morning. ".repeat(30);

/**
 * Serves several sites on one address. Their page has scripts from all of them, a frame from another one and a script
 * that redirects there. `seen` gets the host, path, key (`X-Key`) and user agent of each request.
 */
export async function listenAsKeyed(address: string, seen: Set<string>): Promise<Loopback> {
  const site = await listen(address, (request, response) => {
    const { host = "", "x-key": key = "-", "user-agent": agent } = request.headers;
    const path = request.url ?? "";
    const at = (name: string, what: string) => `http://${name}:${site.port}/${what}`;
    seen.add(`${host.split(":")[0]} ${path} ${String(key)} ${agent}`);
    if (path === "/away.js") {
      response.writeHead(302, { location: at("strange.example", "hop.js") }).end();
    } else if (path.endsWith(".js")) response.setHeader("content-type", "text/javascript").end("1");
    else {
      const parts = KEYED.map((name) => `<script src="${at(name, "x.js")}"></script>`);
      parts.push(`<iframe src="${at("strange.example", "frame")}"></iframe>`);
      parts.push('<script src="/away.js"></script>');
      response.setHeader("content-type", "text/html");
      response.end(`<p>${TEXT}${path === "/frame" ? "" : parts.join("")}`);
    }
  });
  return site;
}
