/** Rules within `@media` and similar blocks are in nested lists. */
export function parseRules(css) {
  const rules = [];
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    if (open < 0) break;
    let depth = 1;
    let end = open + 1;
    for (; depth > 0 && end < css.length; end++) {
      if (css[end] === "{") depth++;
      if (css[end] === "}") depth--;
    }
    const prelude = css
      .slice(at, open)
      .replace(/\/\*.*?\*\//gs, "")
      .replace(/^.*;/s, "")
      .trim();
    const body = css.slice(open + 1, end - 1).trim();
    const isGroup = /^@(media|supports|layer|container)/.test(prelude);
    rules.push(isGroup ? { prelude, rules: parseRules(body) } : { prelude, body });
    at = end;
  }
  return rules;
}

export function printRules(rules) {
  return rules
    .map(
      ({ prelude, body, rules: inner }) =>
        `${prelude}{${inner ? `\n${printRules(inner)}` : body}}\n`,
    )
    .join("");
}

export function selectorsOf(prelude) {
  return prelude.split(/,(?![^(]*\))/).map((one) => one.trim());
}

/** Removes the rules for classes that aren't in `words`; classes inside `:not()` don't count. */
export function keepUsed(css, words) {
  const isUsed = (selector) => {
    const bare = selector.replace(/:not\([^)]*\)/g, "");
    const classes = bare.match(/\.-?[a-zA-Z_](?:[\w-]|\\.)*/g) ?? [];
    return classes.every((name) => words.has(name.slice(1).replaceAll("\\", "")));
  };
  const keep = (rules) =>
    rules.flatMap(({ prelude, body, rules: inner }) => {
      if (inner) {
        const used = keep(inner);
        return used.length > 0 ? [{ prelude, rules: used }] : [];
      }
      if (prelude.startsWith("@")) return [{ prelude, body }];
      const used = selectorsOf(prelude).filter(isUsed);
      return used.length > 0 ? [{ prelude: used.join(","), body }] : [];
    });
  return printRules(keep(parseRules(css)));
}
