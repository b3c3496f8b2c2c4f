import { listen } from "../test/helpers/loopback.ts";

/**
 * Serves feeds in a separate process: `serve-unchanged.js ADDRESS`. Sends the port as a message,
 * then one message per response.
 */
const [address = ""] = process.argv.slice(2);
const ETAG = '"same"';
const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>None</title></channel></rss>`;

const { port } = await listen(address, (request, response) => {
  if (request.url !== "/feed") response.writeHead(404).end();
  else {
    const isKnown = request.headers["if-none-match"] === ETAG;
    const headers = { "content-type": "application/rss+xml", etag: ETAG };
    if (isKnown) response.writeHead(304).end();
    else response.writeHead(200, headers).end(FEED);
    process.send?.("answered");
  }
});
process.send?.(port);
process.on("disconnect", () => process.exit(0));
