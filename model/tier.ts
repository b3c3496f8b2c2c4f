import { ProblemError } from "./problem.ts";

/** Where bytes of bodies lie: in the database, in files of a folder, in a bucket of an S3-compatible object store. */
export const TIERS = ["database", "files", "s3"] as const;
export type Tier = (typeof TIERS)[number];

/** A tier outside of the database. */
export type OuterTier = Exclude<Tier, "database">;

/** Why the bytes of a body that is recorded can't be had, and where they should be. */
export interface Lost {
  lost: "missing" | "changed" | "not set up";
  tier: Tier;
}

/** The same in words. */
export function lostText({ lost, tier }: Lost): string {
  const place = { database: "the database", files: "the folder", s3: "the bucket" }[tier];
  if (lost === "not set up") return `it lies in ${place} of bodies, which isn't set up here`;
  if (lost === "missing") return `${place} of bodies has lost it`;
  return `what ${place} of bodies has for it is not what was stored (its SHA-256 differs)`;
}

/** What whoever asked for it over HTTP is told. */
export function lostProblem(lost: Lost): ProblemError {
  return new ProblemError(503, "body-lost", `It can't be had: ${lostText(lost)}.`);
}

/** Whether a body could not be had. */
export function isLost(found: object): found is Lost {
  return "lost" in found;
}
