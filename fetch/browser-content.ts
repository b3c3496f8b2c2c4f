import type { World } from "./browser-world.ts";

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

/** Runs in the page; what moves in it stands still then, for nobody looks. */
function write(): string {
  const view: Pick<typeof globalThis, never> & {
    document?: {
      doctype: unknown;
      documentElement: { outerHTML: string } | null;
      getAnimations?(): { pause(): void }[];
    };
    XMLSerializer?: new () => { serializeToString(node: unknown): string };
  } = globalThis;
  const { document, XMLSerializer } = view;
  const { doctype, documentElement } = document ?? {};
  for (const animation of document?.getAnimations?.() ?? []) animation.pause();
  const first = doctype && XMLSerializer ? new XMLSerializer().serializeToString(doctype) : "";
  return first + (documentElement?.outerHTML ?? "");
}
