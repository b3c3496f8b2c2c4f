import { z } from "zod";
import { TIERS } from "../../model/crawl/capture.ts";
import { define, optional } from "../setting.ts";
import { duration, text, url } from "../setting-kinds.ts";

/** Where the bytes of old responses are kept. */
export const BODIES = {
  NEWSGATHER_BODIES_TIER: define(
    z.enum(TIERS),
    "database",
    "database, files or s3",
    "Where the bytes of old responses go: they stay in the database, or move into a folder or a bucket (docs/archive.md).",
  ),
  NEWSGATHER_BODIES_AFTER: define(
    duration(86_400_000),
    "30d",
    "a duration from 1d on, e.g. 30d",
    "How old they are then.",
  ),
  NEWSGATHER_BODIES_DIR: optional(
    text(),
    "a folder that every process reaches",
    "The folder of the tier `files`.",
  ),
  NEWSGATHER_BODIES_BUCKET: optional(
    url(/^https?:$/),
    "an http(s) address of a bucket, e.g. https://s3.eu-central-1.amazonaws.com/BUCKET",
    "The bucket of the tier `s3`, of any store that speaks S3's protocol.",
  ),
  NEWSGATHER_BODIES_REGION: define(
    z.string().regex(/^[a-z0-9-]{1,40}$/),
    "us-east-1",
    "a region, e.g. eu-central-1",
    "The bucket's region; stores that have none take any.",
  ),
  NEWSGATHER_BODIES_KEY_ID: optional(
    text(),
    "an access key id",
    "Who asks the bucket: the id of an access key.",
  ),
  NEWSGATHER_BODIES_SECRET: optional(
    z.string().regex(/^(env:SECRET_[A-Z0-9_]+|file:.+)$/),
    "env:SECRET_NAME or file:NAME in NEWSGATHER_SECRETS_DIR",
    "Where the secret of that access key stands.",
  ),
};
