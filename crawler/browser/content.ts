import type { World } from "./world.ts";

/** Times that a page is asked which loads itself again meanwhile. */
const TRIES = 3;

/** The page as HTML, as it stands; rejects where it never stands still for that. */
export async function contentOf(world: World): Promise<string> {
  for (let tries = 0; tries < TRIES; tries++) {
    const html = await world.ask(write, null);
    if (html !== null) return html;
  }
  throw new Error("timed out: the page loads itself again and again");
}

/** What of the DOM is used in the page. */
interface DomElement {
  outerHTML: string;
  shadowRoot: DomRoot | null;
  childNodes: Iterable<unknown>;
  replaceChildren(...nodes: unknown[]): void;
  replaceWith(...nodes: unknown[]): void;
}
interface DomRoot {
  childNodes: Iterable<unknown>;
  querySelectorAll(selector: string): Iterable<DomElement>;
}

/**
 * Runs in the page; what moves in it stands still then, for nobody looks. What shadow roots show is written in the
 * place of their hosts' content, as a reader sees it.
 */
function write(): string {
  const view: Pick<typeof globalThis, never> & {
    document?: DomRoot & {
      doctype: unknown;
      documentElement: DomElement | null;
      getAnimations?(): { pause(): void }[];
    };
    XMLSerializer?: new () => { serializeToString(node: unknown): string };
  } = globalThis;
  const { document, XMLSerializer } = view;
  const { doctype, documentElement } = document ?? {};
  for (const animation of document?.getAnimations?.() ?? []) animation.pause();
  const flatten = (root: DomRoot) => {
    for (const host of root.querySelectorAll("*")) {
      const shadow = host.shadowRoot;
      if (!shadow) continue;
      const own = [...host.childNodes];
      flatten(shadow);
      for (const slot of shadow.querySelectorAll("slot:not([name])")) slot.replaceWith(...own);
      host.replaceChildren(...shadow.childNodes);
    }
  };
  if (document) flatten(document);
  const first = doctype && XMLSerializer ? new XMLSerializer().serializeToString(doctype) : "";
  return first + (documentElement?.outerHTML ?? "");
}
