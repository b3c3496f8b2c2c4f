import { ProblemError } from "../problem.ts";
import type { UsageSignal } from "../usage-rights.ts";
import type { Cause } from "./failure.ts";
import type { Hop, Lane, LinkKind } from "./link.ts";
import type { SkipReason } from "./skipped.ts";

/** How the bytes of a body are stored. */
export type Encoding = "gzip" | "br" | "deflate" | "zstd";

/** Files with a host's rules, and documents on the use of pages. */
export const HOST_FILE_KINDS = ["robots", "tdmrep", "licence", "policy"] as const;

export type HostFileKind = (typeof HOST_FILE_KINDS)[number];

/** Whether a capture is of such a file. */
export function isHostFile(kind: Capture["kind"] | undefined): kind is HostFileKind {
  return HOST_FILE_KINDS.some((each) => each === kind);
}

/** One response as received. It never changes. */
export interface Capture {
  _id: string;
  linkId: string;
  sourceId: string;
  runId: string | null;
  sourceVersion: number;
  kind: LinkKind | HostFileKind;
  lane: Lane;
  url: string;
  finalUrl: string;
  status: number;
  requestHeaders: Record<string, string>;
  /** As received, names lower-case; a repeated header has its values joined by newline. */
  headers: Record<string, string>;
  hops: Hop[];
  address: string | null;
  fetchedAt: Date;
  /** Milliseconds from the request to the last byte. */
  ms: number;
  /** Bytes over the wire and after decompression. */
  bytes: number;
  decodedBytes: number;
  /** SHA-256 of the stored bytes; null without a body. */
  bodyId: string | null;
  /** Size of its stored body, and whether the body was stored before; missing on older captures. */
  storedBytes?: number;
  shared?: true;
  /** The body was truncated at the byte limit. */
  truncated: boolean;
  /** Why nothing was made of it, with what was seen; null when something was, missing on older ones. */
  reason?: SkipReason | Cause | null;
  detail?: string | null;
  /** All reservations that were found, where and when; missing when there are none. */
  rights?: UsageSignal[];
  /** The resulting reservations: noindex, noarchive, nosnippet, tdm. */
  reservations: string[];
  /** Why its body isn't stored: reserved, or erased in part; missing on older captures. */
  withheld?: "erased" | "noarchive" | "tdm" | null;
  /** The written reason when reservations were overridden; missing on older ones. */
  consent?: string | null;
  /** The written reason when robots.txt was overridden. */
  robotsOverride: string | null;
}

/** Content-addressed bytes of captures: `_id` is the SHA-256 of `bytes`. */
export interface Body {
  _id: string;
  bytes: Uint8Array;
  encoding: Encoding;
  /** Identity size in bytes. */
  size: number;
  storedAt: Date;
}

/** Where the bytes of a body are: here, or in another tier. */
export interface BodyRecord extends Omit<Body, "bytes"> {
  bytes?: Uint8Array;
  /** Where its bytes lie; missing: here. */
  tier?: OuterTier;
  /** How many those are. */
  length?: number;
  /** Where it lay before, while a copy may still be there. */
  was?: Tier;
}

/** Where bytes of bodies lie: in the database, in files of a folder, in a bucket of an S3-compatible object store. */
export const TIERS = ["database", "files", "s3"] as const;
export type Tier = (typeof TIERS)[number];

/** A tier outside of the database. */
export type OuterTier = Exclude<Tier, "database">;

/** Why the bytes of a recorded body can't be read, and where they should be. */
export interface Lost {
  lost: "missing" | "changed" | "not set up";
  tier: Tier;
}

/** The same in words. */
export function lostText({ lost, tier }: Lost): string {
  const place = { database: "the database", files: "the folder", s3: "the bucket" }[tier];
  if (lost === "not set up")
    return `it is stored in ${place} of bodies, which isn't configured here`;
  if (lost === "missing") return `${place} of bodies no longer has it`;
  return `${place} of bodies has other bytes for it than were stored (its SHA-256 differs)`;
}

/** The capture as the API returns it. */
export function lostProblem(lost: Lost): ProblemError {
  return new ProblemError(503, "body-lost", `It isn't available: ${lostText(lost)}.`);
}

/** Whether a body couldn't be read. */
export function isLost(found: object): found is Lost {
  return "lost" in found;
}
