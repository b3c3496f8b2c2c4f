import { createHash, createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import { jsonOf } from "../../lib/text.ts";
import { MINUTE_MS, SECOND_MS } from "../../lib/time.ts";
import { type StoredSigningKey, signingKeyAt, thumbprintOf } from "./keys.ts";

/** A response to a request for the key directory. `headers` has lower-case names. */
export interface DirectoryResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export const DIRECTORY_PATH = "/.well-known/http-message-signatures-directory";
export const DIRECTORY_TYPE = "application/http-message-signatures-directory+json";

/** A fast clock dates signatures in the future. */
const CLOCK_TOLERANCE_MS = 30 * SECOND_MS;
const MAX_RESPONSE_AGE_MS = 5 * MINUTE_MS;

export function problemsOfDirectory(
  { status, headers, body }: DirectoryResponse,
  { authority, keys, now }: { authority: string; keys: readonly StoredSigningKey[]; now: Date },
): string[] {
  if (status !== 200) return [`its status is ${status}, and redirects are not followed`];
  const problems: string[] = [];
  const type = headers["content-type"]?.split(";")[0]?.trim();
  if (type !== DIRECTORY_TYPE)
    problems.push(`its type is ${type ?? "missing"}, not ${DIRECTORY_TYPE}`);
  const skew = clockLeadMs(headers, now);
  if (Math.abs(skew) > CLOCK_TOLERANCE_MS) {
    problems.push(
      `the clock here is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? "ahead of" : "behind"} the portal's`,
    );
  }
  const published = DIRECTORY.safeParse(jsonOf(body)).data?.keys;
  if (!published) return [...problems, "it isn't a JSON Web Key Set of Ed25519 keys"];
  const signing = signingKeyAt(keys, now);
  if (signing && !published.some(({ kid }) => kid === signing.id)) {
    problems.push(
      `it doesn't list ${signing.id}, which signs here: another machine might have other keys, or a cache is outdated`,
    );
  }
  for (const { kid, x } of published) {
    if (kid !== thumbprintOf(x)) problems.push(`${kid} isn't the thumbprint of its key`);
  }
  problems.push(...problemsOfProof({ headers, body, authority, published, now }));
  return problems;
}

/** 32 bytes are 43 characters in base64url. */
const PUBLISHED_KEY = z.looseObject({ kid: z.string(), x: z.string().regex(/^[\w-]{43}$/) });
const DIRECTORY = z.looseObject({ keys: z.array(PUBLISHED_KEY) });

function problemsOfProof(response: {
  headers: DirectoryResponse["headers"];
  body: string;
  authority: string;
  published: readonly z.infer<typeof PUBLISHED_KEY>[];
  now: Date;
}): string[] {
  const { headers, body, authority, published, now } = response;
  const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
  if (headers["content-digest"] !== digest) return ["its digest doesn't match its body"];
  const inputs = membersOf(headers["signature-input"]);
  const signatures = membersOf(headers["signature"]);
  const proven = new Set<string>();
  for (const [label, input] of inputs) {
    const keyid = /;keyid="([^"]*)"/.exec(input)?.[1];
    const created = Number(/;created=(\d+)/.exec(input)?.[1]) * 1000;
    const expires = Number(/;expires=(\d+)/.exec(input)?.[1]) * 1000;
    const key = published.find(({ kid }) => kid === keyid);
    const signature = signatures.get(label);
    if (!key || !signature || !(created <= now.getTime() + CLOCK_TOLERANCE_MS)) continue;
    if (!(now.getTime() < expires)) continue;
    const base = `"@authority";req: ${authority}\n"content-digest": ${digest}\n"@signature-params": ${input}`;
    const jwk = { kty: "OKP", crv: "Ed25519", x: key.x };
    const bytes = Buffer.from(signature.slice(1, -1), "base64");
    if (verify(null, Buffer.from(base), createPublicKey({ key: jwk, format: "jwk" }), bytes)) {
      proven.add(key.kid);
    }
  }
  return published
    .filter(({ kid }) => !proven.has(kid))
    .map(({ kid }) => `the signature of ${kid} isn't valid for ${authority}`);
}

function membersOf(field: string | undefined): Map<string, string> {
  // No value here contains a comma.
  const members = (field ?? "").split(",").map((member) => member.trim());
  return new Map(
    members.flatMap((member) => {
      const at = member.indexOf("=");
      return at > 0 ? [[member.slice(0, at), member.slice(at + 1)] as const] : [];
    }),
  );
}

function clockLeadMs(headers: DirectoryResponse["headers"], now: Date): number {
  const date = Date.parse(headers["date"] ?? "");
  const age = Number(headers["age"] ?? 0) * 1000;
  return Number.isNaN(date) || age > MAX_RESPONSE_AGE_MS ? 0 : now.getTime() - date - age;
}
