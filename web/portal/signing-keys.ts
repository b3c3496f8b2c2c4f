import type { FastifyPluginAsync } from "fastify";
import { type Config, PRODUCT } from "../../config/env.ts";
import { DIRECTORY_PATH, DIRECTORY_TYPE } from "../../crawler/signing/directory.ts";
import {
  DIRECTORY_MAX_AGE_S,
  directoryOf,
  openSigningKey,
  publishedKeysAt,
  readSigningKeys,
} from "../../crawler/signing/keys.ts";
import { signDirectory } from "../../crawler/signing/sign.ts";
import { ProblemError } from "../../model/problem.ts";

/** Identifies this crawler to sites that verify its signed requests. */
export type SigningIdentity = Pick<Config["signing"], "agent" | "keysFile"> &
  Pick<Config, "userAgent" | "contact"> & { name: string };

const CARD_PATH = "/.well-known/signature-agent-card";

/**
 * Serves the public keys of our signed requests (draft-ietf-webbotauth-httpsig-protocol-00, section
 * 5.5) and the crawler's card (draft-meunier-webbotauth-registry-02). Both responses are 404 if
 * requests aren't signed.
 */
export function signingKeysRoutes(
  identity: SigningIdentity,
  now: () => Date = () => new Date(),
): FastifyPluginAsync {
  const { agent, keysFile } = identity;
  return async (app) => {
    app.get(DIRECTORY_PATH, { schema: { hide: true } }, async (_, reply) => {
      const keys = agent === null ? [] : publishedKeysAt(readSigningKeys(keysFile), now());
      if (agent === null || keys.length === 0) throw unsigned();
      const body = directoryOf(keys);
      const proof = signDirectory(
        { authority: new URL(agent).host, body },
        keys.map(openSigningKey),
        now(),
      );
      return reply
        .headers({ ...proof, ...PUBLIC_HEADERS, "content-type": DIRECTORY_TYPE })
        .send(Buffer.from(body));
    });
    app.get(CARD_PATH, { schema: { hide: true } }, async (_, reply) => {
      if (agent === null) throw unsigned();
      return reply.headers(PUBLIC_HEADERS).send(cardOf({ ...identity, agent }));
    });
  };
}

/** Scripts on other sites can need the keys, for example to verify requests. */
const PUBLIC_HEADERS = {
  "access-control-allow-origin": "*",
  "cache-control": `public, max-age=${DIRECTORY_MAX_AGE_S}`,
};

function cardOf({ agent, name, userAgent, contact }: SigningIdentity & { agent: string }) {
  const isPage = contact?.includes("://");
  return {
    client_id: agent + CARD_PATH,
    client_name: name,
    client_uri: contact && isPage ? contact : agent,
    ...(contact && { contacts: [isPage ? contact : `mailto:${contact}`] }),
    jwks_uri: agent + DIRECTORY_PATH,
    web_bot_auth: {
      "expected-user-agent": userAgent,
      "rfc9309-product-token": PRODUCT,
      "rfc9309-compliance": true,
      trigger: "crawler",
      purpose: "search",
      "targeted-content": "news, for titles and short teasers that link to their page",
      "rate-control": "Crawl-delay in robots.txt; 429 and 503 with Retry-After",
      "known-urls": ["/robots.txt", "/.well-known/tdmrep.json"],
    },
  };
}

function unsigned(): ProblemError {
  return new ProblemError(404, "not-found", "This installation doesn't sign its requests.");
}
