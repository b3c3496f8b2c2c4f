import { parseAst } from "rolldown/parseAst";

/**
 * Inserts `...null` into each object literal that begins with a spread and has more properties. Up
 * to V8 11, each object of such a literal gets new hidden classes, which takes 2.5 µs instead of
 * 0.1 µs and slows down code that reads the object.
 */
export function spreadNullFirst(code) {
  const places = [];
  find(parseAst(code), places);
  let [out, from] = ["", 0];
  for (const at of places.toSorted((one, other) => one - other)) {
    out += `${code.slice(from, at)} ...null,`;
    from = at;
  }
  return out + code.slice(from);
}

function find(node, places) {
  if (node === null || typeof node !== "object") return;
  const { type, start, properties } = node;
  if (type === "ObjectExpression" && properties[0]?.type === "SpreadElement") {
    if (properties.length > 1) places.push(start + 1);
  }
  for (const value of Object.values(node)) find(value, places);
}
