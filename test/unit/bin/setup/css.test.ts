import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { keepUsed } from "../../../../bin/setup/theme.mjs";

const words = new Set(["card", "btn", "d-lg-flex", "row"]);

test("Of a style sheet only rules for words of the code are left", () => {
  const css = `:root{--a:1}.card,.carousel{color:red}.card .slide{x:y}.btn:not(.btn-link):hover{x:y}
@media (min-width:992px){.d-lg-flex{display:flex}.d-lg-grid{display:grid}}@media print{.carousel{x:y}}
@keyframes spin{from{x:y}to{x:z}}`;
  expect(keepUsed(css, words)).toBe(`:root{--a:1}
.card{color:red}
.btn:not(.btn-link):hover{x:y}
@media (min-width:992px){
.d-lg-flex{display:flex}
}
@keyframes spin{from{x:y}to{x:z}}
`);
});

test("Commas within parentheses don't part selectors", () => {
  expect(keepUsed(".row:is(.card,.btn){x:y}", words)).toBe(".row:is(.card,.btn){x:y}\n");
});
