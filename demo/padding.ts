import { random } from "./random.ts";

const WORDS =
  "grid hero card menu list item panel badge modal chart video promo teaser slide".split(" ");

/** Markup without meaning, about `bytes` long: styles and settings in the head, menus at the end. */
export function padding(
  bytes: number,
  ...seed: (number | string)[]
): { head: string; foot: string } {
  const chance = random(...seed, "padding");
  const name = () => `${chance.pick(WORDS)}-${chance.pick(WORDS)}-${chance.int(1, 999)}`;
  const styles: string[] = [];
  const settings: Record<string, unknown> = {};
  const menu: string[] = [];
  let size = 0;
  while (size < bytes) {
    const rule = `.${name()}{margin:${chance.int(0, 40)}px;color:#${chance.int(100000, 999999)};display:flex}`;
    const key = name();
    const value = { id: chance.int(1, 1e9), on: chance.next() > 0.5, path: `/x/${name()}` };
    const entry = `<li class="${name()}"><a href="/${name()}" data-track="${chance.int(1, 1e9)}"><span>${name()}</span></a></li>`;
    styles.push(rule);
    settings[key] = value;
    menu.push(entry);
    size += rule.length + key.length + JSON.stringify(value).length + entry.length;
  }
  return {
    head: `<style>${styles.join("\n")}</style><script>window.__settings=${JSON.stringify(settings)}</script>`,
    foot: `<nav class="mega-menu"><ul>${menu.join("\n")}</ul></nav>`,
  };
}
