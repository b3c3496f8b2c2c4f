import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { shortHash } from "../lib/hash.ts";
import { ProblemError } from "../model/problem.ts";
import { bytesOf, codingFor } from "./server/answer.ts";
import type { Routes } from "./server/context.ts";

/** What pages load beside themselves, with their media types: the files of `web/assets`. */
const TYPES = {
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

export type AssetName = keyof typeof TYPES;

/** A file that pages load. Its path holds a hash of its content, so browsers may keep it for good. */
export interface Asset {
  path: string;
  type: string;
  body: string;
}

/** The build copies them to where this finds them (`bin/setup/bundle.mjs`). */
export const ASSETS = readAssets(fileURLToPath(new URL("./assets/", import.meta.url)));

const IMMUTABLE = "public, max-age=31536000, immutable";

/** Reads all assets of a folder; one that is missing is an error that names it. */
export function readAssets(folder: string): Readonly<Record<AssetName, Asset>> {
  const assets = Object.entries(TYPES).map(([name, type]) => {
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

/** `/assets/NAME.HASH.ENDING`. Another hash is of another version, and there is nothing at it. */
export const assetsRoutes: Routes = (app) => {
  const byPath = new Map(Object.values(ASSETS).map((asset) => [asset.path, asset]));
  app.get("/assets/:file", { schema: { hide: true } }, async (request, reply) => {
    const asset = byPath.get(request.url.replace(/\?.*$/s, ""));
    if (!asset) throw new ProblemError(404, "not-found", "There is nothing at this address.");
    const { bytes, coding } = await bytesOf(asset, codingFor(request.headers["accept-encoding"]));
    if (coding !== "identity") reply.header("content-encoding", coding);
    return reply
      .header("vary", "accept-encoding")
      .header("cache-control", IMMUTABLE)
      .header("content-type", asset.type)
      .send(bytes);
  });
};
