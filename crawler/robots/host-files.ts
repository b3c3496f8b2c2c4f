import { LIMITS } from "../../config/limits.ts";
import { type Cached, cached } from "../../lib/cache.ts";
import type { RobotsCopy, TdmCopy } from "../../model/crawl/host.ts";
import { isSkipped, type Skipped } from "../../model/crawl/skipped.ts";
import { blamesProxy } from "../egress/proxy-of.ts";
import type { Upstream } from "../egress/tunnel.ts";
import { decodeText } from "../http/charset.ts";
import type { HttpRequest } from "../http/http.ts";
import type { Received } from "../http/received.ts";
import { type FileAnswer, robotsCopy, robotsDelay, verdict } from "./policy.ts";
import { TDM_BYTES, TDM_PATH, tdmCopy } from "./tdmrep.ts";

/** What hosts say of themselves, by origin; rejects where a proxy is to blame. */
export interface HostFiles {
  robots: Cached<RobotsCopy>;
  tdmrep: Cached<TdmCopy>;
}

/** How a request outside of a run is made. */
export type Asked = Pick<HttpRequest, "limits" | "headers" | "cookies"> & {
  proxy: Upstream | null;
};

/** Makes one request, at the host's pace with so many ms to the next one. */
type Ask = (url: string, delay: number, asked: Asked) => Promise<Received | Skipped>;

/** Robots.txt and tdmrep.json are believed for so long, ms; of so many hosts. */
const KEPT = { ttl: 600_000, size: 1000 };
const HOPS = 5;

/** Hosts' files as they are seen through each proxy, or without one; `delay` is the least one, ms. */
export function hostFiles(options: {
  ask: Ask;
  product: string;
  now: () => Date;
  delay: number;
  ignoreRobots: boolean;
}): (proxy: Upstream | null) => HostFiles {
  const { ask, product, now, delay: least, ignoreRobots } = options;
  const ways = new Map<string, HostFiles>();

  const askFile = async (
    first: string,
    delay: number,
    { bytes, proxy }: { bytes: number; proxy: Upstream | null },
  ): Promise<FileAnswer> => {
    const limits = { bytes, decodedBytes: bytes };
    for (let url = first, hop = 0; ; hop++) {
      const answer = await ask(url, delay, { limits, proxy }).catch((error: unknown) => {
        if (blamesProxy(error)) throw error;
        return String(error);
      });
      if (typeof answer === "string") return { failed: answer };
      if (isSkipped(answer)) return { failed: answer.detail ?? answer.skipped };
      const { status, location, decoded, headers } = answer;
      if (location && hop < HOPS) url = location;
      else return { status, text: decodeText(decoded, headers["content-type"]).text };
    }
  };

  const readRobots = async (origin: string, proxy: Upstream | null): Promise<RobotsCopy> => {
    const file = { bytes: LIMITS.robotsBytes, proxy };
    const answer = await askFile(`${origin}/robots.txt`, least, file);
    return robotsCopy(answer, null, now());
  };

  const readTdmrep = async (origin: string, proxy: Upstream | null): Promise<TdmCopy> => {
    const url = origin + TDM_PATH;
    const robots = ignoreRobots ? null : await filesBy(proxy).robots.get(origin);
    const said = robots && verdict(robots, product, url);
    const delay = Math.max(least, robots ? robotsDelay(robots, product) : 0);
    const answer =
      said && isSkipped(said)
        ? { failed: said.skipped }
        : await askFile(url, delay, { bytes: TDM_BYTES, proxy });
    return tdmCopy(answer, null, now());
  };

  const filesBy = (proxy: Upstream | null): HostFiles => {
    const key = proxy?.url ?? "";
    const files = ways.get(key) ?? {
      robots: cached((origin) => readRobots(origin, proxy), KEPT),
      tdmrep: cached((origin) => readTdmrep(origin, proxy), KEPT),
    };
    ways.set(key, files);
    return files;
  };
  return filesBy;
}
