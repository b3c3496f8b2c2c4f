import { parseAst } from "rolldown/parseAst";

/**
 * Has `null` spread first in each object that begins with a spread and goes on: `{ ...a, b }` becomes
 * `{ ...null, ...a, b }`, which is the same object. V8 makes what begins with a spread as a copy that knows no way to
 * further properties, so until V8 12 each such object gets hidden classes of its own: it takes 2.5 µs to make in place of
 * 0.1, and whatever reads it meets another class each time. Lines stay as they are.
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

/** Collects where the objects' contents begin. */
function find(node, places) {
  if (node === null || typeof node !== "object") return;
  const { type, start, properties } = node;
  if (type === "ObjectExpression" && properties[0]?.type === "SpreadElement") {
    if (properties.length > 1) places.push(start + 1);
  }
  for (const value of Object.values(node)) find(value, places);
}
