import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { digest, shortHash } from "../lib/text.ts";
import { ProblemError } from "../model/problem.ts";
import { bytesOf, codingFor } from "./server/answer.ts";
import type { Asset, PortalConfig } from "./server/config.ts";
import { type Routes } from "./server/context.ts";

const CONTENT_TYPES = {
  "portal.css": "text/css; charset=utf-8",
  "admin.css": "text/css; charset=utf-8",
  "tabler.css": "text/css; charset=utf-8",
  "uplot.js": "text/javascript; charset=utf-8",
  "admin.js": "text/javascript; charset=utf-8",
  "charts.js": "text/javascript; charset=utf-8",
  "inbox.js": "text/javascript; charset=utf-8",
  "point.js": "text/javascript; charset=utf-8",
  "source-form.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
  "icons.svg": "image/svg+xml",
} as const;

export type AssetName = keyof typeof CONTENT_TYPES;

/** Files in `web/assets`, which `bin/setup/bundle.mjs` copies next to the built files. */
export const ASSETS = readAssets(fileURLToPath(new URL("./assets/", import.meta.url)));

const IMMUTABLE = "public, max-age=31536000, immutable";

/** Reads all assets from a folder. Throws an error that names the file if one can't be read. */
export function readAssets(folder: string): Readonly<Record<AssetName, Asset & { body: string }>> {
  const assets = Object.entries(CONTENT_TYPES).map(([name, type]) => {
    const body = readAsset(folder + name);
    const [stem, ending] = name.split(".");
    const path = `/assets/${stem}.${shortHash(body).slice(0, 12)}.${ending}`;
    return [name, { path, type, body }];
  });
  return Object.fromEntries(assets);
}

function readAsset(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`${path} can't be read: build again with npm run build`, { cause });
  }
}

const OWN_TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
};

/** Reads the installation's own logo and style sheet. Throws an error if a file can't be used. */
export function readOwnAssets(paths: {
  logo: string | null;
  style: string | null;
}): Pick<PortalConfig, "logo" | "style"> {
  const { logo, style } = paths;
  return {
    ...(logo !== null && { logo: ownAsset(logo, "logo", "NEWSGATHER_PORTAL_LOGO") }),
    ...(style !== null && { style: ownAsset(style, "own", "NEWSGATHER_PORTAL_CSS") }),
  };
}

function ownAsset(path: string, name: string, setting: string): Asset {
  const ending = path.replace(/^.*\./s, "").toLowerCase();
  const type = OWN_TYPES[ending];
  const isStyle = setting === "NEWSGATHER_PORTAL_CSS";
  if (!type || isStyle !== (ending === "css")) {
    const wanted = isStyle ? "a file that ends in .css" : "an SVG, PNG, JPEG or WebP file";
    throw new Error(`${setting} is ${path}: it has to be ${wanted}`);
  }
  try {
    const body = readFileSync(path);
    return { path: `/assets/${name}.${digest(body).slice(0, 12)}.${ending}`, type, body };
  } catch (cause) {
    throw new Error(`${setting} is ${path}, which can't be read`, { cause });
  }
}

/** Serves `/assets/NAME.HASH.EXTENSION`. A URL with the hash of another version gets a 404. */
export const assetsRoutes: Routes = (app, { config: { logo, style } }) => {
  const own = [logo ?? [], style ?? []].flat();
  const byPath = new Map([...Object.values(ASSETS), ...own].map((asset) => [asset.path, asset]));
  app.get("/assets/:file", { schema: { hide: true } }, async (request, reply) => {
    const asset = byPath.get(request.url.replace(/\?.*$/s, ""));
    if (!asset) throw new ProblemError(404, "not-found", "There is nothing at this URL.");
    const { bytes, coding } = await bytesOf(asset, codingFor(request.headers["accept-encoding"]));
    if (coding !== "identity") reply.header("content-encoding", coding);
    // An SVG that is opened as a page must not run scripts.
    if (asset === logo)
      reply.header(
        "content-security-policy",
        "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      );
    return reply
      .header("vary", "accept-encoding")
      .header("cache-control", IMMUTABLE)
      .header("content-type", asset.type)
      .send(bytes);
  });
};
