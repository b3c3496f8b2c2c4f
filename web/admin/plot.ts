import { type Html, html } from "../../lib/html.ts";

/** Bars of counts as a picture that needs no style of its own; `label` says what they are, in words. */
export function bars(
  counts: readonly number[],
  { label, width, height }: { label: string; width: number; height: number },
): Html {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  const drawn = counts.map((count, n) => {
    const tall = count === 0 ? 0.5 : Math.max(1.5, (count / most) * height);
    const [x, y] = [(n * step).toFixed(1), (height - tall).toFixed(1)];
    return html`<rect x="${x}" y="${y}" width="${(step * 0.8).toFixed(1)}" height="${tall.toFixed(1)}"><title>${count}</title></rect>`;
  });
  return html`<svg class="bars" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${drawn}</svg>`;
}
