import { expect, test } from "vitest";
import { html } from "../../../../lib/html.ts";
import { section } from "../../../../web/admin/tables.ts";

test("headings stand where their cells do: those of numbers at the end", () => {
  const row = html`<tr><th scope="row">a</th><td class="n">1</td><td class="why">b</td><td class="n">2</td></tr>`;
  const { markup } = section("T", ["Name", "Count", "Why", "Sum"], [row], "None.");
  const heads = [...markup.matchAll(/<th scope="col"( class="n")?>(\w+)/g)];
  expect(heads.map(([, n, name]) => [name, n !== undefined])).toEqual([
    ["Name", false],
    ["Count", true],
    ["Why", false],
    ["Sum", true],
  ]);
});
