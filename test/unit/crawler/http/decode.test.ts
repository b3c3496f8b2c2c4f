import { expect, test } from "vitest";
import { codingOf } from "../../../../crawler/http/decode.ts";

const html = new TextEncoder().encode("<html>");

test("charsets among the content codings count as none", () => {
  expect(codingOf("utf-8, iso-8859-1", html)).toBeNull();
});

test("a header of very many content codings isn't read", () => {
  expect(codingOf("utf-8,".repeat(2000), html)).toBe("unknown");
});
