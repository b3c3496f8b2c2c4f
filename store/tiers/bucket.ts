import { AwsClient } from "aws4fetch";
import pLimit from "p-limit";
import { SaxesParser } from "saxes";
import {
  BODY_CONCURRENCY,
  type BodyStore,
  DIGEST_PATTERN,
  pathOf,
  type StoredBody,
  TierUnreachable,
} from "./tier.ts";

export interface BucketOptions {
  /** `https://s3.example/bucket` (path style) or `https://bucket.s3.example` (host style). */
  url: string;
  region: string;
  keyId: string;
  /** Returns the secret. Called for each request, so that a new secret takes effect at once. */
  secret(): string;
}

/** This must be less than the default of `NEWSGATHER_STUCK_AFTER`. */
const REQUEST_TIMEOUT_MS = 40_000;
const MAX_RETRIES = 3;

/** Opens a tier in a bucket of an S3-compatible object store; objects are named `ab/cd/DIGEST`. */
export function openBucket({ url, ...who }: BucketOptions): BodyStore {
  const base = url.replace(/\/+$/, "");
  const ask = createRequester(base, who);
  const at = (id: string) => `/${pathOf(id)}`;
  return {
    async put(id, bytes) {
      // The object store checks the upload against this digest.
      const headers = { "x-amz-content-sha256": id, "content-type": "application/octet-stream" };
      await ask("PUT", at(id), { headers, body: bytes });
    },
    async get(id) {
      const answer = await ask("GET", at(id));
      return answer && new Uint8Array(answer);
    },
    async remove(ids) {
      await pLimit(BODY_CONCURRENCY).map([...ids], (id) => ask("DELETE", at(id)));
    },
    async *list(prefix) {
      let next: string | null = null;
      do {
        // S3 returns at most 1000 names per page.
        const query = new URLSearchParams({ "list-type": "2", "max-keys": "1000" });
        if (prefix !== "") query.set("prefix", prefix);
        if (next !== null) query.set("continuation-token", next);
        const answer = await ask("GET", `?${query.toString().replaceAll("+", "%20")}`);
        const page = readPage(Buffer.from(answer ?? new ArrayBuffer()).toString("utf8"));
        yield* page.bodies;
        next = page.next;
      } while (next !== null);
    },
  };
}

function createRequester(base: string, { region, keyId, secret }: Omit<BucketOptions, "url">) {
  let client: AwsClient | null = null;
  return async (
    method: string,
    path: string,
    options: RequestInit = {},
  ): Promise<ArrayBuffer | null> => {
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const key = secret();
      if (client?.secretAccessKey !== key) {
        const as = { accessKeyId: keyId, secretAccessKey: key };
        client = new AwsClient({ ...as, region, service: "s3", retries: MAX_RETRIES });
      }
      // Redirects aren't followed: the signature is valid only for this URL.
      const init = { ...options, method, signal, redirect: "manual" as const };
      const answer = await client.fetch(`${base}${path}`, init);
      const bytes = await answer.arrayBuffer();
      if (answer.ok) return bytes;
      const text = Buffer.from(bytes).toString("utf8");
      const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
      if (answer.status === 404 && code !== "NoSuchBucket") return null;
      throw new Error(`it answers ${answer.status}${code ? ` (${code})` : ""}`);
    } catch (cause) {
      const why = cause instanceof Error ? reasonOf(cause) : String(cause);
      throw new TierUnreachable(`the bucket of bodies can't be reached: ${why}`, { cause });
    }
  };
}

function reasonOf({ message, cause }: Error): string {
  // The message of `fetch` only says that it failed.
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

function readPage(xml: string): { bodies: StoredBody[]; next: string | null } {
  const bodies: StoredBody[] = [];
  const fields: Record<string, string> = {};
  let text = "";
  const parser = new SaxesParser();
  parser.on("opentag", () => (text = ""));
  parser.on("text", (more) => (text += more));
  parser.on("closetag", ({ name }) => {
    if (name !== "Contents") {
      fields[name] = text;
      return;
    }
    const id = fields["Key"]?.split("/").at(-1) ?? "";
    const at = new Date(fields["LastModified"] ?? 0);
    if (DIGEST_PATTERN.test(id)) bodies.push({ id, length: Number(fields["Size"]), at });
  });
  parser.write(xml).close();
  const goesOn = fields["IsTruncated"] === "true";
  return { bodies, next: goesOn ? (fields["NextContinuationToken"] ?? null) : null };
}
