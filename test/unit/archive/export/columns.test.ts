import { expect, test } from "vitest";
import { COLUMNS } from "../../../../archive/export/rows.ts";

test("the reference of exported columns has every column", async () => {
  const rows = COLUMNS.map(({ name, type, about }) => `| \`${name}\` | ${type} | ${about} |`);
  const text = `# Columns of exported articles

What \`newsgather export\` and \`newsgather query\` give of each article. \`strings\` is a list, times are UTC. In a folder of Parquet files \`day\` is
the name of the folder. This page is generated from \`archive/export/rows.ts\`.

| column | type | holds |
|---|---|---|
${rows.join("\n")}
`;
  const path = new URL("../../../../docs/reference/columns.md", import.meta.url).pathname;
  await expect(text).toMatchFileSnapshot(path);
});
