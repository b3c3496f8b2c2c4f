import { createPrivateKey, createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  type Component,
  signatureBase,
  signComponents,
  signDirectory,
  signRequest,
} from "../../../../crawler/signing/sign.ts";

/** RFC 9421, appendix B.1.4: a key for tests alone. */
const JWK = {
  kty: "OKP",
  crv: "Ed25519",
  d: "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU",
  x: "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",
} satisfies JsonWebKey;
const privateKey = createPrivateKey({ key: JWK, format: "jwk" });
const publicKey = createPublicKey(privateKey);
const key = { id: "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U", privateKey };

describe("vectors", () => {
  test("RFC 9421, B.2.6: a request signed with Ed25519", () => {
    const signed = signComponents(
      "sig-b26",
      [
        ['"date"', "Tue, 20 Apr 2021 02:07:55 GMT"],
        ['"@method"', "POST"],
        ['"@path"', "/foo"],
        ['"@authority"', "example.com"],
        ['"content-type"', "application/json"],
        ['"content-length"', "18"],
      ],
      { created: 1618884473, keyid: "test-key-ed25519" },
      key,
    );
    expect(signed).toEqual({
      signatureInput:
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      signature:
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    });
  });

  // The vectors of the draft give `alg` before `expires` and `nonce`: the order of parameters is the signer's.
  const webBotAuth = { created: 1735689600, keyid: key.id, alg: "ed25519" };

  /**
   * Appendix E.2.1 of draft-ietf-webbotauth-httpsig-protocol-00. Its member `agent2` isn't keyed to its label `sig2`, although
   * section 5.2.1 wants that of a signer: what we send keeps to the text, this vector is checked as it stands.
   */
  test("the draft's E.2.1: the member of a dictionary", () => {
    const components: Component[] = [
      ['"@authority"', "example.com"],
      ['"signature-agent";key="agent2"', '"https://signature-agent.test"'],
    ];
    const parameters = {
      ...webBotAuth,
      expires: 4889289600,
      nonce:
        "n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA==",
      tag: "web-bot-auth",
    };
    expect(signComponents("sig2", components, parameters, key).signature).toBe(
      "sig2=:RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg==:",
    );
  });

  test("the draft's E.2.2: the older string", () => {
    const components: Component[] = [
      ['"@authority"', "example.com"],
      ['"signature-agent"', '"https://signature-agent.test"'],
    ];
    const parameters = {
      ...webBotAuth,
      expires: 1735693200,
      nonce:
        "e8N7S2MFd/qrd6T2R3tdfAuuANngKI7LFtKYI/vowzk4lAZYadIX6wW25MwG7DCT9RUKAJ0qVkU0mEeLElW1qg==",
      tag: "web-bot-auth",
    };
    expect(signComponents("sig2", components, parameters, key).signature).toBe(
      "sig2=:jdq0SqOwHdyHr9+r5jw3iYZH6aNGKijYp/EstF4RQTQdi5N5YYKrD+mCT1HA1nZDsi6nJKuHxUi/5Syp3rLWBA==:",
    );
  });

  test("the draft's directory response: the digest of its body", () => {
    const body = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"${key.id}","x":"${JWK.x}","use":"sig"}]}`;
    const signed = signDirectory(
      { authority: "signature-agent.test", body },
      [key],
      new Date(1735689600_000),
    );
    expect(signed["content-digest"]).toBe("sha-256=:CADMT2aBdV/rqQr/NIru64ERQkCobVvllA4V0fLFDu0=:");
    expect(signed["signature-input"]).toBe(
      `binding=("@authority";req "content-digest");created=1735689600;expires=1736294400;keyid="${key.id}";tag="http-message-signatures-directory"`,
    );
  });

  test("the draft's directory response: its signature", () => {
    const { signature } = signComponents(
      "binding",
      [
        ['"@authority";req', "signature-agent.test"],
        ['"content-digest"', "sha-256=:CADMT2aBdV/rqQr/NIru64ERQkCobVvllA4V0fLFDu0=:"],
      ],
      {
        created: 1735689600,
        expires: 4889289600,
        keyid: key.id,
        tag: "http-message-signatures-directory",
      },
      key,
    );
    expect(signature).toBe(
      "binding=:l6P8R67tm3kujAxbHWio7ll01qrEZ0dKD/WWlGhNYEmTnFZM8Wt0VQ9zqGfvo7T/UMkBxsigzChM1Gpz7gOVBg==:",
    );
  });
});

const NOW = new Date("2026-11-28T12:00:00.750Z");
const signer = { agent: "https://news.example", form: "dictionary" as const, key, now: NOW };

describe("a request", () => {
  test("covers its method, authority and path, and the member of its own label", () => {
    const headers = signRequest(
      { method: "GET", url: "https://Site.example:443/a%20b?c=1#d" },
      signer,
    );
    expect(headers["signature-agent"]).toBe('sig1="https://news.example"');
    expect(headers["signature-input"]).toMatch(
      /^sig1=\("@method" "@authority" "@path" "signature-agent";key="sig1"\);created=1795867200;expires=1795867500;nonce="[A-Za-z\d+/]{86}==";keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";tag="web-bot-auth"$/,
    );
    const input = headers["signature-input"].slice("sig1=".length);
    const base = [
      '"@method": GET',
      '"@authority": site.example',
      '"@path": /a%20b',
      '"signature-agent";key="sig1": "https://news.example"',
      `"@signature-params": ${input}`,
    ].join("\n");
    const signature = Buffer.from(headers.signature.slice("sig1=:".length, -1), "base64");
    expect(verify(null, Buffer.from(base), publicKey, signature)).toBe(true);
  });

  test("names a port that isn't the scheme's own", () => {
    const parts = { method: "GET", url: "http://site.example:8080" };
    const { signature, "signature-input": input } = signRequest(parts, signer);
    const parameters = Object.fromEntries(
      [...input.matchAll(/;(\w+)=(?:"([^"]*)"|(\d+))/g)]
        .filter(([, name]) => name !== "key")
        .map(([, name, text, number]) => [name, text ?? Number(number)]),
    );
    const { base } = signatureBase(
      [
        ['"@method"', "GET"],
        ['"@authority"', "site.example:8080"],
        ['"@path"', "/"],
        ['"signature-agent";key="sig1"', '"https://news.example"'],
      ],
      parameters as never,
    );
    const bytes = Buffer.from(signature.slice("sig1=:".length, -1), "base64");
    expect(verify(null, Buffer.from(base), publicKey, bytes)).toBe(true);
  });

  test("is signed with a nonce of its own each time", () => {
    const twice = [1, 2].map(() =>
      signRequest({ method: "GET", url: "https://a.example/" }, signer),
    );
    expect(twice[0]?.["signature-input"]).not.toBe(twice[1]?.["signature-input"]);
  });

  test("says the older string where that is asked for", () => {
    const headers = signRequest(
      { method: "GET", url: "https://a.example/" },
      { ...signer, form: "string" },
    );
    expect(headers["signature-agent"]).toBe('"https://news.example"');
    expect(headers["signature-input"]).toMatch(
      /^sig1=\("@method" "@authority" "@path" "signature-agent"\);created=/,
    );
  });
});

test("a directory of two keys has a proof of each", () => {
  const { "signature-input": input, signature } = signDirectory(
    { authority: "news.example", body: "{}" },
    [key, { ...key, id: "other" }],
    NOW,
  );
  expect(input.match(/binding\d=\(/g)).toEqual(["binding0=(", "binding1=("]);
  expect(signature).toMatch(/^binding0=:[^:]+:, binding1=:[^:]+:$/);
});
