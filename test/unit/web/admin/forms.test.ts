import { expect, test } from "vitest";
import { z } from "zod";
import { unlessEmpty } from "../../../../web/admin/forms.ts";

test("an empty field counts as missing, but a blank one must be valid", () => {
  const Form = z.object({ until: unlessEmpty(z.iso.date().optional()) });
  expect(Form.parse({})).toEqual({});
  expect(Form.parse({ until: "" })).toEqual({ until: undefined });
  expect(Form.parse({ until: "2026-11-25" })).toEqual({ until: "2026-11-25" });
  expect(Form.safeParse({ until: " " }).success).toBe(false);
});
