import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "@20minutes/s3rver";
import { type BucketOptions, openBucket } from "../../store/tiers/bucket.ts";
import { listen } from "./loopback.ts";

/** The only key that the server knows. */
export const S3_KEY = "S3RVER";

/** A real S3 server with one empty bucket, on loopback. */
export interface TestBucket {
  url: string;
  /** Opens the bucket as an operator would configure it. */
  open(differing?: Partial<BucketOptions>): ReturnType<typeof openBucket>;
  close(): Promise<void>;
}

/** Starts the server, which checks each request's payload against its signature. */
export async function startTestBucket(): Promise<TestBucket> {
  const directory = await mkdtemp(join(tmpdir(), "newsgather-s3-"));
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: "bodies", configs: [] }],
  });
  const { port } = await server.run();
  const url = `http://127.0.0.1:${port}/bodies`;
  const options = { url, region: "us-east-1", keyId: S3_KEY, secret: () => S3_KEY };
  return {
    url,
    open: (differing = {}) => openBucket({ ...options, ...differing }),
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const PIECE_SIZE = 2;

/**
 * Starts a bucket that can only be listed, in short pages: the server above fails at the second page. Its tokens
 * contain every character with a special meaning in a URL.
 */
export async function startPieces(keys: readonly string[]) {
  let requestCount = 0;
  const tokenOf = (from: number) => `at+/=& ${from}`;
  const server = await listen("127.0.0.1", (request, response) => {
    requestCount++;
    const query = new URL(request.url ?? "/", "http://bucket").searchParams;
    const from = Number((query.get("continuation-token") ?? tokenOf(0)).replace("at+/=& ", ""));
    const to = from + PIECE_SIZE;
    const contents = keys.slice(from, to).map((key) => {
      return `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>`;
    });
    const goesOn = to < keys.length;
    const next = goesOn
      ? `<NextContinuationToken>${tokenOf(to).replace("&", "&amp;")}</NextContinuationToken>`
      : "";
    response.end(
      `<ListBucketResult><IsTruncated>${goesOn}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
    );
  });
  return { url: `${server.origin}/bodies`, requestCount: () => requestCount, close: server.close };
}
