import { expect, test } from "vitest";
import { siteCause } from "../../../../crawler/browser/turn.ts";

test.each([
  ["CONNECTION_RESET", "bad-response"],
  ["CERT_DATE_INVALID", "tls"],
  ["CERTIFICATE_TRANSPARENCY_REQUIRED", "tls"],
  ["SSL_PROTOCOL_ERROR", "tls"],
  ["BAD_SSL_CLIENT_AUTH_CERT", "tls"],
  ["TIMED_OUT", "timeout"],
  ["CONNECTION_TIMED_OUT", "timeout"],
  ["HTTP2_PROTOCOL_ERROR", "bad-response"],
  ["HTTP2_SERVER_REFUSED_STREAM", "bad-response"],
  ["HTTP_1_1_REQUIRED", "bad-response"],
  ["RESPONSE_HEADERS_MULTIPLE_LOCATION", "bad-response"],
  ["CONTENT_DECODING_INIT_FAILED", "bad-response"],
  ["INCOMPLETE_CHUNKED_ENCODING", "bad-response"],
])("a page that fails with net::ERR_%s is the site's failure, %s", (error, cause) => {
  expect(siteCause(`net::ERR_${error}`)).toBe(cause);
});

test.each(["FAILED", "INSUFFICIENT_RESOURCES", "OUT_OF_MEMORY", "PROXY_CONNECTION_FAILED"])(
  "a page that fails with net::ERR_%s is the browser's failure",
  (error) => {
    expect(siteCause(`net::ERR_${error}`)).toBeNull();
  },
);
