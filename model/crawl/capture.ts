import { shortHash } from "../../lib/text.ts";
import { ProblemError } from "../problem.ts";
import type { UsageSignal } from "../usage-rights.ts";
import type { Hop, Lane, LinkKind } from "./link.ts";
import type { Cause, SkipReason } from "./outcome.ts";

export type Encoding = "gzip" | "br" | "deflate" | "zstd";

/** Kinds of captures that don't come from a link: robots.txt, tdmrep.json, licences, policies. */
export const HOST_FILE_KINDS = ["robots", "tdmrep", "licence", "policy"] as const;

export type HostFileKind = (typeof HOST_FILE_KINDS)[number];

export function isHostFile(kind: Capture["kind"] | undefined): kind is HostFileKind {
  return HOST_FILE_KINDS.some((each) => each === kind);
}

/**
 * Returns the key of a robots.txt, tdmrep.json, licence or policy. Its captures have this key in
 * place of a link's id.
 */
export function hostFileKey(kind: HostFileKind, url: string): string {
  const isOfHost = kind === "robots" || kind === "tdmrep";
  return shortHash(`${kind} ${isOfHost ? new URL(url).host : url}`);
}

/** One response as received. It never changes, except that its body can be erased. */
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
  /** Names are in lower case; the values of a repeated header are joined by newlines. */
  headers: Record<string, string>;
  hops: Hop[];
  address: string | null;
  fetchedAt: Date;
  /** Time from the request to the last byte, ms. */
  ms: number;
  /** Number of bytes on the wire. */
  bytes: number;
  decodedBytes: number;
  /** SHA-256 of the stored bytes; null if no body is stored. */
  bodyId: string | null;
  /** Size of the stored body in bytes, 0 if none; missing until the capture is stored. */
  storedBytes?: number;
  /** Set if another capture had already stored the same body. */
  shared?: true;
  /** Whether the body was cut at the byte limit. */
  truncated: boolean;
  /** Why nothing was extracted; null if something was extracted. */
  reason: SkipReason | Cause | null;
  detail?: string | null;
  rights?: UsageSignal[];
  /** Names of the reservations that apply to the page: noindex, noarchive, nosnippet, tdm. */
  reservations: string[];
  /**
   * Why the body must not be stored: erased content, or a reservation. Null if it can be stored.
   */
  withheld: "erased" | "noarchive" | "tdm" | null;
  /** Why the source's file overrides this page's reservations; null if it overrides none. */
  consent: string | null;
  /** Why the source's file overrides robots.txt; null if the file doesn't override it. */
  robotsOverride: string | null;
}

/** The body of one or more captures. `_id` is the SHA-256 of `bytes`. */
export interface Body {
  _id: string;
  bytes: Uint8Array;
  encoding: Encoding;
  /** Uncompressed size in bytes. */
  size: number;
  storedAt: Date;
}

/** A body whose bytes are in this record or in another tier. */
export interface BodyRecord extends Omit<Body, "bytes"> {
  bytes?: Uint8Array;
  /** The tier with the body's bytes; missing if the bytes are in this record. */
  tier?: OuterTier;
  /** Number of bytes, if another tier has them; missing if this record has them. */
  length?: number;
  /** The body's previous tier, while that tier still has a copy; missing otherwise. */
  was?: Tier;
}

/** Where bodies can be stored: the database, a folder, or a bucket in S3-compatible storage. */
export const TIERS = ["database", "files", "s3"] as const;
export type Tier = (typeof TIERS)[number];

export type OuterTier = Exclude<Tier, "database">;

/** Why a body's bytes can't be read, and the tier that should have them. */
export interface Lost {
  lost: "missing" | "changed" | "not set up";
  tier: Tier;
}

/** Explains why a body can't be read, in a clause that refers to the body as "it". */
export function lostText({ lost, tier }: Lost): string {
  const place = {
    database: "the database",
    files: "the folder of bodies",
    s3: "the bucket of bodies",
  }[tier];
  if (lost === "not set up") return `it is in ${place}, which isn't configured here`;
  if (lost === "missing") return `${place} no longer has it`;
  return `it has changed in ${place} (its SHA-256 differs)`;
}

export function lostProblem(lost: Lost): ProblemError {
  return new ProblemError(503, "body-lost", `The body isn't available: ${lostText(lost)}.`);
}

export function isLost(found: object): found is Lost {
  return "lost" in found;
}
