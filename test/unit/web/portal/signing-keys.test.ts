import { createPublicKey, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createSigningKey,
  rotateSigningKeys,
  writeSigningKeys,
} from "../../../../crawler/signing/keys.ts";
import { type SigningIdentity, signingKeysRoutes } from "../../../../web/portal/signing-keys.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const DIRECTORY = "/.well-known/http-message-signatures-directory";
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "directory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const key = createSigningKey(NOW);

async function get(path: string, others: Partial<SigningIdentity> = {}) {
  const app = fastify();
  await app.register(
    signingKeysRoutes(
      {
        agent: "https://news.example",
        keysFile: join(folder, "keys.json"),
        name: "Digital government",
        userAgent: "Newsgather/0.1 (+mailto:ops@news.example)",
        contact: "ops@news.example",
        ...others,
      },
      () => NOW,
    ),
  );
  return app.inject(path);
}

describe("the directory", () => {
  test("has the type of its registration, for a day, for all who ask", async () => {
    await writeSigningKeys(join(folder, "keys.json"), [key]);
    const { statusCode, headers } = await get(DIRECTORY);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "application/http-message-signatures-directory+json",
      "cache-control": "public, max-age=86400",
      "access-control-allow-origin": "*",
    });
  });

  test("is proved by the key that it lists", async () => {
    await writeSigningKeys(join(folder, "keys.json"), [key]);
    const { headers, json } = await get(DIRECTORY);
    const [listed] = json().keys;
    const input = String(headers["signature-input"]).slice("binding=".length);
    const digest = String(headers["content-digest"]);
    const base = `"@authority";req: news.example\n"content-digest": ${digest}\n"@signature-params": ${input}`;
    const signature = Buffer.from(String(headers["signature"]).slice("binding=:".length), "base64");
    const publicKey = createPublicKey({ key: listed, format: "jwk" });
    expect(verify(null, Buffer.from(base), publicKey, signature)).toBe(true);
  });

  test("lists a key that is to sign next", async () => {
    const keys = rotateSigningKeys([key], NOW);
    await writeSigningKeys(join(folder, "keys.json"), keys);
    const { headers, json } = await get(DIRECTORY);
    expect(json().keys.map(({ kid }: { kid: string }) => kid)).toEqual(keys.map(({ id }) => id));
    expect(headers["signature"]).toMatch(/^binding0=:\S+:, binding1=:\S+:$/);
  });

  test("isn't there without a key", async () => {
    expect((await get(DIRECTORY)).statusCode).toBe(404);
  });

  test("isn't there without an https URL", async () => {
    await writeSigningKeys(join(folder, "keys.json"), [key]);
    expect((await get(DIRECTORY, { agent: null })).statusCode).toBe(404);
  });
});

test("the card says who asks, how to reach them, and where the keys are", async () => {
  const { json } = await get("/.well-known/signature-agent-card");
  expect(json()).toMatchObject({
    client_id: "https://news.example/.well-known/signature-agent-card",
    client_name: "Digital government",
    contacts: ["mailto:ops@news.example"],
    jwks_uri: `https://news.example${DIRECTORY}`,
    web_bot_auth: {
      "expected-user-agent": "Newsgather/0.1 (+mailto:ops@news.example)",
      "rfc9309-product-token": "Newsgather",
      "rfc9309-compliance": true,
      trigger: "crawler",
    },
  });
});
