import { expect, test } from "vitest";
import { isLoopbackHost } from "../../../config/setting.ts";

test.each([
  "127.0.0.1",
  "127.1.2.3",
  "localhost",
  "LOCALHOST",
  "::1",
  "[::1]",
  "[::ffff:127.0.0.1]",
])("%s is loopback", (host) => expect(isLoopbackHost(host)).toBe(true));

test.each([
  "",
  "0.0.0.0",
  "::",
  "127.0.0.1.example.com",
  "localhost.example.com",
  "::ffff:10.0.0.1",
  "[::1%eth-0]",
])("%j isn't loopback", (host) => expect(isLoopbackHost(host)).toBe(false));
