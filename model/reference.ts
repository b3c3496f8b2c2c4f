import { z } from "zod";

/** What a reference to a secret looks like, as the source of a regular expression. */
export const REFERENCE = String.raw`env:SECRET_[A-Z0-9_]+|file:\w[\w.-]*(?:\/\w[\w.-]*)*`;

/** Where a secret is: an environment variable `SECRET_...`, or a file under `NEWSGATHER_SECRETS_DIR`. */
export const Reference = z
  .string()
  .regex(
    new RegExp(`^(${REFERENCE})$`),
    "write env:SECRET_NAME or file:NAME; the secret itself stands in no source's file",
  )
  .describe("env:SECRET_NAME, or file:NAME under NEWSGATHER_SECRETS_DIR");
