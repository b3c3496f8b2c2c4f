import type { Tag } from "../dom/tree.ts";
import { hintOf } from "./hints.ts";

const TAGS = new Set(["nav", "footer", "aside", "form", "header", "figure", "menu", "address"]);
const ROLES = new Set(
  "navigation complementary banner contentinfo search dialog alertdialog alert menu menubar toolbar tablist form tooltip".split(
    " ",
  ),
);

/** Why an element is no part of an article, or null. `share` is its share of the page's prose. */
export function reasonToDrop(tag: Tag, share: number): string | null {
  const { attribs, name } = tag;
  if (name === "html" || name === "body" || name === "main" || share > 0.5) return null;
  if ("hidden" in attribs || attribs["aria-hidden"] === "true") return "hidden";
  if (attribs["style"] && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribs["style"]))
    return "hidden";
  if (TAGS.has(name)) return name;
  const role = attribs["role"];
  if (role && ROLES.has(role)) return `role=${role}`;
  if (attribs["itemprop"] === "articleBody") return null;
  return hintOf(attribs).around ? "class" : null;
}
