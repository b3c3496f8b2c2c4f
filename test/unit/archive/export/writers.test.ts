import { expect, test } from "vitest";
import { COLUMNS, type ExportedArticle } from "../../../../archive/export/rows.ts";
import { lineWriter } from "../../../../archive/export/writers.ts";

const EMPTY = Object.fromEntries(COLUMNS.map(({ name }) => [name, null]));

test.each(["\n", "\r", "\r\n"])("a CSV cell with the line break %j is quoted", async (end) => {
  let csv = "";
  const add = (text: string) => Promise.resolve(void (csv += text));
  const writer = lineWriter("csv", add, false);
  const text = `First line.${end}Second line.`;
  await writer.add({ ...EMPTY, text } as unknown as ExportedArticle);
  await writer.flush();
  expect(csv).toContain(`,"${text}",`);
});
