import type { Stack } from "./profile.ts";

interface Frame {
  name: string;
  us: number;
  children: Map<string, Frame>;
}

const WIDTH = 1600;
const ROW_HEIGHT_PX = 17;
const MIN_FRAME_WIDTH_PX = 0.5;
const LETTER_WIDTH_PX = 6.6;
const COLOURS: Record<string, string> = { extractors: "#e8a33d", node_modules: "#9fb7d4" };

/**
 * Returns a flame graph as SVG. A frame's width is its CPU time. The stages are at the bottom, with
 * the outermost frames above them.
 */
export function flameGraph(title: string, stacks: readonly Stack[]): string {
  const root: Frame = { name: title, us: 0, children: new Map() };
  for (const { stage, frames, us } of stacks) add(root, [`[${stage}]`, ...frames], us);
  const rows: string[] = [];
  const height = (depthOf(root) + 1) * ROW_HEIGHT_PX;
  draw(root, 0, 0);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="monospace" font-size="11">
${rows.join("\n")}
</svg>
`;

  function draw(frame: Frame, x: number, depth: number): void {
    const width = (frame.us / root.us) * WIDTH;
    if (width < MIN_FRAME_WIDTH_PX) return;
    const y = height - (depth + 1) * ROW_HEIGHT_PX;
    const share = `${escape(frame.name)}, ${(frame.us / 1000).toFixed(0)} ms, ${((100 * frame.us) / root.us).toFixed(1)} %`;
    const room = Math.floor(width / LETTER_WIDTH_PX);
    const label = room > 3 ? escape(frame.name.slice(0, room)) : "";
    rows.push(
      `<g><title>${share}</title><rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW_HEIGHT_PX - 1}" fill="${colourOf(frame.name)}"/>` +
        `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${label}</text></g>`,
    );
    let at = x;
    for (const child of [...frame.children.values()].toSorted((a, b) => b.us - a.us)) {
      draw(child, at, depth + 1);
      at += (child.us / root.us) * WIDTH;
    }
  }
}

function add(root: Frame, names: readonly string[], us: number): void {
  root.us += us;
  let at = root;
  for (const name of names) {
    const next = at.children.get(name) ?? { name, us: 0, children: new Map() };
    next.us += us;
    at.children.set(name, next);
    at = next;
  }
}

function depthOf(frame: Frame): number {
  return 1 + Math.max(0, ...[...frame.children.values()].map(depthOf));
}

function colourOf(name: string): string {
  if (name.startsWith("[")) return "#cfcfcf";
  const known = Object.entries(COLOURS).find(([part]) => name.includes(` ${part}`));
  return known?.[1] ?? "#e6cf7f";
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
