import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";
import { serializeParameters, serializeString } from "structured-headers";

/**
 * HTTP Message Signatures (RFC 9421) with Ed25519, as needed for Web Bot Auth:
 * draft-ietf-webbotauth-httpsig-protocol-00, section 5.2 (requests) and appendix B.1 (key
 * directory).
 */

/** A signing key. Signatures name it by `id`, its JWK thumbprint (RFC 8037, appendix A.3). */
export interface SigningKey {
  id: string;
  privateKey: KeyObject;
}

/** A component that a signature covers: identifier and value, serialized (RFC 9421, section 2). */
export type Component = readonly [identifier: string, value: string];

/** Signature parameters in the order in which they are sent. Times are seconds since 1970. */
export interface SignatureParameters {
  created: number;
  expires?: number;
  nonce?: string;
  keyid: string;
  alg?: string;
  tag?: string;
}

/** Returns the text to sign (`base`; RFC 9421, section 2.5) and the `Signature-Input` (`input`). */
export function signatureBase(
  components: readonly Component[],
  parameters: SignatureParameters,
): { base: string; input: string } {
  const identifiers = components.map(([identifier]) => identifier).join(" ");
  const input = `(${identifiers})${serializeParameters(new Map(Object.entries(parameters)))}`;
  const lines = components.map(([identifier, value]) => `${identifier}: ${value}`);
  return { base: [...lines, `"@signature-params": ${input}`].join("\n"), input };
}

export function signComponents(
  label: string,
  components: readonly Component[],
  parameters: SignatureParameters,
  key: SigningKey,
): { signatureInput: string; signature: string } {
  const { base, input } = signatureBase(components, parameters);
  const value = sign(null, Buffer.from(base), key.privateKey).toString("base64");
  return { signatureInput: `${label}=${input}`, signature: `${label}=:${value}:` };
}

/** The form of `Signature-Agent`: the draft's dictionary, or a string for older verifiers. */
export type SignatureAgentForm = "dictionary" | "string";

const REQUEST_LABEL = "sig1";
const SIGNATURE_LIFETIME_S = 300;
const NONCE_BYTES = 64;

/**
 * Returns headers that sign the method, authority and path, but not the query. `agent` is the
 * origin that publishes the keys.
 */
export function signRequest(
  request: { method: string; url: string },
  signer: { agent: string; form: SignatureAgentForm; key: SigningKey; now: Date },
): Record<"signature-agent" | "signature-input" | "signature", string> {
  const url = new URL(request.url);
  const agent = serializeString(signer.agent);
  const created = Math.floor(signer.now.getTime() / 1000);
  const { signatureInput, signature } = signComponents(
    REQUEST_LABEL,
    [
      ['"@method"', request.method],
      ['"@authority"', url.host],
      ['"@path"', url.pathname],
      signer.form === "string"
        ? ['"signature-agent"', agent]
        : [`"signature-agent";key="${REQUEST_LABEL}"`, agent],
    ],
    {
      created,
      expires: created + SIGNATURE_LIFETIME_S,
      nonce: randomBytes(NONCE_BYTES).toString("base64"),
      keyid: signer.key.id,
      alg: "ed25519",
      tag: "web-bot-auth",
    },
    signer.key,
  );
  return {
    "signature-agent": signer.form === "string" ? agent : `${REQUEST_LABEL}=${agent}`,
    "signature-input": signatureInput,
    signature,
  };
}

/** Validity of the key directory's signatures. Clients cache the directory for only a day. */
const DIRECTORY_LIFETIME_S = 7 * 24 * 3600;

/**
 * Returns headers that sign the key directory, once per key. A signature covers the authority and
 * the body's digest (RFC 9530).
 */
export function signDirectory(
  directory: { authority: string; body: string },
  keys: readonly SigningKey[],
  now: Date,
): Record<"content-digest" | "signature-input" | "signature", string> {
  const digest = `sha-256=:${createHash("sha256").update(directory.body).digest("base64")}:`;
  const created = Math.floor(now.getTime() / 1000);
  const signed = keys.map((key, at) =>
    signComponents(
      keys.length === 1 ? "binding" : `binding${at}`,
      [
        ['"@authority";req', directory.authority],
        ['"content-digest"', digest],
      ],
      {
        created,
        expires: created + DIRECTORY_LIFETIME_S,
        keyid: key.id,
        tag: "http-message-signatures-directory",
      },
      key,
    ),
  );
  return {
    "content-digest": digest,
    "signature-input": signed.map(({ signatureInput }) => signatureInput).join(", "),
    signature: signed.map(({ signature }) => signature).join(", "),
  };
}

/** Returns the headers that sign a request; an empty object if no key can sign now. */
export type RequestSigner = (request: { method: string; url: string }) => Record<string, string>;

export function createRequestSigner(options: {
  agent: string;
  form: SignatureAgentForm;
  currentKey: () => SigningKey | null;
}): RequestSigner {
  const { agent, form, currentKey } = options;
  return (request) => {
    const key = currentKey();
    return key ? signRequest(request, { agent, form, key, now: new Date() }) : {};
  };
}
