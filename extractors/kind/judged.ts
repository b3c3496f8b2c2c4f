import type { Block } from "../dom/blocks.ts";
import type { Tag } from "../dom/node.ts";
import type { Page } from "../page.ts";

/** What the kind of a page is judged by, besides the page itself. */
export interface KindInput {
  title: string | null;
  /** Words of the article's body. */
  words: number;
  /** All text that a reader sees, from the start. */
  visible: string;
  /** Share of the visible text that is links. */
  links: number;
  free: boolean | null;
  /** The lines that are not around the page's own content. */
  core: Block[];
  /** Whether an element is around the page's own content: navigation, footer, notices. */
  isAround: (tag: Tag) => boolean;
}

/** The input with what several rules ask for. */
export interface Judged extends KindInput {
  page: Page;
  /** The headline, the `title` tag and the first headings, apart. */
  heads: string[];
  /** The first lines of the page's own content. */
  start: string;
  /** The page says that it is an article. */
  stated: boolean;
}
