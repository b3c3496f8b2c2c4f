import { expect, test } from "vitest";
import { referencePages } from "../../helpers/reference.ts";

const pages = await referencePages();

test.each(Object.entries(pages))(
  "docs/reference/%s says what the code says (`npm run docs:reference` writes it)",
  async (name, text) => {
    await expect(text).toMatchFileSnapshot(
      new URL(`../../../docs/reference/${name}`, import.meta.url).pathname,
    );
  },
);
