import { expect, test } from "vitest";
import { networkFailureIn } from "../../../../sources/discovery/discover-site.ts";

const robots = (why: string) =>
  `robots.txt can't be read, so nothing is fetched from the host for now (RetryLater: ${why})`;

test.each([
  ["ENOTFOUND: getaddrinfo ENOTFOUND a.example", "dns", /a.example doesn't exist.*spelling/],
  ["EAI_AGAIN: getaddrinfo EAI_AGAIN a.example", "dns", /DNS gives no answer.*network/],
  ["ECONNREFUSED: connect ECONNREFUSED 1.2.3.4:443", "connect", /refuses connections to port 443/],
  ["ENETUNREACH: connect ENETUNREACH 1.2.3.4:443", "connect", /no route to a.example/],
  ["EPROTO: write EPROTO 80A:error:0A00010B:SSL", "connect", /doesn't speak TLS at port 443/],
  ["ERR_SSL_WRONG_VERSION_NUMBER: wrong version", "connect", /doesn't speak TLS/],
  ["CERT_HAS_EXPIRED: certificate has expired", "tls", /TLS.*fails.*certificate has expired/],
  ["DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate", "tls", /TLS.*self-signed certificate/],
  ["UND_ERR_CONNECT_TIMEOUT: connecting took over 8 s", "timeout", /nothing answers.*in time/],
  ["ECONNRESET: read ECONNRESET", "reset", /closes connections/],
])("%s is told in words", (why, cause, words) => {
  for (const text of [why, robots(why)]) {
    expect(networkFailureIn("https://a.example/", text)).toEqual({
      cause,
      words: expect.stringMatching(words),
    });
  }
});

test("what a site answered is no silence", () => {
  expect(networkFailureIn("https://a.example/", "robots.txt forbids /")).toBeNull();
});
