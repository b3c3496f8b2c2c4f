import { type Html, html } from "../../../lib/html.ts";

/** Rows of a plot that are drawn; the table below has all. */
const MOST = 20;
const [WIDTH, ROW, LABEL, NUMBER] = [720, 22, 250, 70];
/** Characters that fit beside a bar. */
const FITS = 34;

/** A bar for each row, the number beside it; `about` is the plot in words. */
export function sideBySide({
  id,
  title,
  about,
  bars,
  text,
}: {
  id: string;
  title: string;
  about: string;
  bars: readonly { name: string; value: number }[];
  text: (value: number) => string;
}): Html {
  const shown = bars.slice(0, MOST);
  const most = Math.max(1e-9, ...shown.map(({ value }) => value));
  const room = WIDTH - LABEL - NUMBER;
  const height = Math.max(1, shown.length) * ROW;
  const drawn = shown.map(({ name, value }, n) => {
    const wide = Math.max(1, (value / most) * room);
    const short = name.length > FITS ? `${name.slice(0, FITS - 1)}…` : name;
    const base = n * ROW + 15;
    return html`<text class="end" x="${LABEL - 8}" y="${base}">${short}<title>${name}</title></text><rect class="s0" x="${LABEL}" y="${n * ROW + 3}" width="${wide.toFixed(1)}" height="${ROW - 6}"/><text x="${(LABEL + wide + 6).toFixed(1)}" y="${base}">${text(value)}</text>`;
  });
  return html`<figure class="plot"><svg role="img" aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title id="${id}-t">${title}</title><desc id="${id}-d">${about}</desc>
${drawn}</svg></figure>`;
}
