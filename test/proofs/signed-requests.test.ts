import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BrowserPool, createBrowser } from "../../crawler/browser/browser.ts";
import { startProxy } from "../../crawler/browser/proxy.ts";
import { createGuard } from "../../crawler/egress/guard.ts";
import { createHttp, type Http } from "../../crawler/http/http.ts";
import { createSigningKey, openSigningKey } from "../../crawler/signing/keys.ts";
import { createRequestSigner, type SignatureAgentForm } from "../../crawler/signing/sign.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { isSkipped } from "../../model/crawl/outcome.ts";
import { chromiumPath, systemUser } from "../helpers/chromium.ts";
import { type Loopback, listen } from "../helpers/loopback.ts";
import { pythonWith } from "../helpers/python.ts";

const REQUESTS = 10_000;
const HOSTS = 200;
const AGENT = "https://news.example";

/** Checks each line of a file, a request with its headers, by RFC 9421; prints how many are right, and what is wrong with the first others. */
const VERIFIER = `
import base64, json, sys
from types import SimpleNamespace
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms
file, keyid, x = sys.argv[1:]
public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "="))
keys = MappingKeyResolver(public_keys={keyid: public}, private_keys={})
verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
right, wrong, nonces = 0, [], set()
for line in open(file):
    sent = json.loads(line)
    try:
        [result] = verifier.verify(SimpleNamespace(**sent), expect_tag="web-bot-auth")
        covered = list(result.covered_components)
        agent = '"signature-agent"' if sent["headers"]["signature-agent"].startswith('"') else '"signature-agent";key="sig1"'
        for name in ['"@method"', '"@authority"', '"@path"', agent]:
            assert name in covered, name + " is not covered"
        for name in ["created", "expires", "nonce", "keyid"]:
            assert name in result.parameters, name + " is missing"
        assert result.parameters["nonce"] not in nonces, "a nonce was sent before"
        nonces.add(result.parameters["nonce"])
        right += 1
    except Exception as error:
        if len(wrong) < 5: wrong.append(f"{sent['url']}: {type(error).__name__} {error}")
print(json.dumps({"right": right, "wrong": wrong}))
`;

const python = pythonWith("http-message-signatures==3.0.0");
const stored = createSigningKey(new Date());
const key = openSigningKey(stored);
const stack = new ReleaseStack();
const folder = mkdtempSync(join(tmpdir(), "signed-"));
let site: Loopback;
let received: { method: string; url: string; headers: Record<string, unknown> }[] = [];

const hostOf = (at: number) => `site${at % HOSTS}.example`;

beforeAll(async () => {
  stack.add("folder", async () => rmSync(folder, { recursive: true }));
  site = await listen("127.1.9.77", (request, response) => {
    const { method = "", url = "", headers } = request;
    received.push({ method, url: `http://${headers.host}${url}`, headers });
    const [, at] = /^\/moved\/(\d+)/.exec(url) ?? [];
    if (at !== undefined) {
      const location = `http://${hostOf(Number(at) + 1)}:${site.port}/page/${at}?from=a%20b`;
      return response.writeHead(302, { location }).end();
    }
    response.setHeader("content-type", "text/html");
    if (url === "/framed") {
      const other = `http://${hostOf(1)}:${site.port}/frame`;
      return response.end(`<p>a page</p><script src="/script.js"></script><iframe src="${other}">`);
    }
    return response.end("<p>a page");
  });
  stack.add("site", () => site.close());
});
afterAll(() => stack.close());

const guard = () => {
  const hosts = new Map<string, string[]>();
  for (let at = 0; at < HOSTS; at++) hosts.set(hostOf(at), ["127.1.9.77"]);
  return createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] });
};
const signerOf = (form: SignatureAgentForm) =>
  createRequestSigner({ agent: AGENT, form, currentKey: () => key });

/** What the independent verifier says of the requests that the site got since the last call. */
function verify(): { right: number; wrong: string[] } {
  if (!python) throw new Error("Python isn't here");
  const file = join(folder, "requests");
  writeFileSync(file, received.map((each) => `${JSON.stringify(each)}\n`).join(""));
  received = [];
  return JSON.parse(python(VERIFIER, file, stored.id, stored.x));
}

function openSigned(form: SignatureAgentForm): Http {
  return createHttp({ guard: guard(), userAgent: "Newsgather/test", sign: signerOf(form) });
}

async function getWithHops(http: Http, url: string): Promise<void> {
  for (let next: string | null = url; next; ) {
    const answer = await http.get({ url: next });
    if (isSkipped(answer)) throw new Error(`${next}: ${answer.skipped}`);
    next = answer.location;
  }
}

describe.skipIf(!python)("an independent verifier of RFC 9421 (Python)", () => {
  test.each(["dictionary", "string"] as const)(
    "takes every request and every hop to another host: %s",
    async (form) => {
      const requests = form === "dictionary" ? REQUESTS : REQUESTS / 10;
      const http = openSigned(form);
      const lanes = Array.from({ length: 16 }, async (_, lane) => {
        for (let at = lane; at < requests / 2; at += 16) {
          await getWithHops(http, `http://${hostOf(at)}:${site.port}/moved/${at}`);
        }
      });
      await Promise.all(lanes);
      await http.close();
      const hosts = new Set(received.map(({ url }) => new URL(url).hostname));
      expect(hosts.size).toBe(HOSTS);
      expect(verify()).toEqual({ right: requests, wrong: [] });
    },
    120_000,
  );

  test("refuses a request that was sent to another host", async () => {
    const http = openSigned("dictionary");
    await getWithHops(http, `http://${hostOf(0)}:${site.port}/page`);
    await http.close();
    received = received.map((each) => ({ ...each, url: "http://elsewhere.example/page" }));
    expect(verify().wrong).toEqual([expect.stringMatching(/InvalidSignature/)]);
  });

  describe("in the browser", () => {
    let browser: BrowserPool;
    beforeAll(async () => {
      const proxy = await startProxy(guard());
      stack.add("proxy", () => proxy.close());
      browser = createBrowser({
        executablePath: await chromiumPath(),
        user: systemUser(),
        sandbox: true,
        proxy,
        userAgent: "Newsgather/test",
        sign: signerOf("dictionary"),
      });
      stack.add("browser", () => browser.close());
    });

    async function render(path: string, headers: Record<string, string> = {}): Promise<void> {
      const turn = await browser.open();
      const answer = await turn.render({ url: `http://${hostOf(0)}:${site.port}${path}`, headers });
      await turn.close();
      if (isSkipped(answer)) throw new Error(answer.skipped);
    }

    test.each([
      ["as it is", {}],
      ["with a header of its source", { "x-source": "a" }],
    ])("takes the document %s", async (_, headers) => {
      await render("/framed", headers);
      const document = received.filter(({ url }) => url.endsWith("/framed"));
      const others = received.filter(({ url }) => !url.endsWith("/framed"));
      expect(others.map(({ url }) => new URL(url).pathname).toSorted()).toEqual([
        "/frame",
        "/script.js",
      ]);
      for (const { headers: sent } of others) expect(sent).not.toHaveProperty("signature");
      received = document;
      expect(verify()).toEqual({ right: 1, wrong: [] });
    });
  });
});

test("a request is signed in 0.15 ms of CPU at most", () => {
  const sign = signerOf("dictionary");
  const requests = 2000;
  const cost = () => {
    const before = process.cpuUsage();
    for (let at = 0; at < requests; at++) sign({ method: "GET", url: `https://a.example/${at}` });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / requests;
  };
  cost();
  expect(Math.min(cost(), cost(), cost())).toBeLessThan(0.15);
});
