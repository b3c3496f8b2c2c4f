import pc from "picocolors";
import type { SourceProgress } from "./wait.ts";

/** Shows a pass while it goes: bars redrawn in place on a terminal, a line per change elsewhere. */
export function progressView(
  out: NodeJS.WriteStream = process.stderr,
): (progress: SourceProgress[]) => void {
  return out.isTTY ? bars(out) : lines(out);
}

const WIDTH = 24;

function bars(out: NodeJS.WriteStream): (progress: SourceProgress[]) => void {
  let drawn = 0;
  return (progress) => {
    const rows = progress.slice(0, (out.rows ?? 40) - 2).map(bar);
    // Back to the first row of the last drawing, then over it.
    out.write(
      `${drawn > 0 ? `\u001b[${drawn}A` : ""}${rows.map((row) => `\u001b[2K${row}\n`).join("")}`,
    );
    drawn = rows.length;
  };
}

function bar({ source, counts, state }: SourceProgress): string {
  const total = counts.links + counts.entryPoints;
  const through = total - counts.waiting;
  const filled = state === "done" ? WIDTH : total > 0 ? Math.round((through / total) * WIDTH) : 0;
  const drawn = pc.green("█".repeat(filled)) + pc.dim("░".repeat(WIDTH - filled));
  return `${source._id.padEnd(22).slice(0, 22)} ${drawn} ${told({ source, counts, state, seconds: 0 })}`;
}

function lines(out: NodeJS.WriteStream): (progress: SourceProgress[]) => void {
  const last = new Map<string, string>();
  return (progress) => {
    for (const one of progress) {
      const id = one.source._id;
      const text = told(one);
      if (one.state === "waiting" || last.get(id) === text) continue;
      last.set(id, text);
      out.write(`${id}: ${text}\n`);
    }
  };
}

function told({ counts, state }: SourceProgress): string {
  const total = counts.links + counts.entryPoints;
  const through = total - counts.waiting;
  const { stored, updated, duplicates } = counts;
  const more = [
    updated > 0 ? `${updated} updated` : "",
    duplicates > 0 ? `${duplicates} duplicates` : "",
  ];
  return [`${state}, ${through} of ${total} links`, `${stored} stored`, ...more]
    .filter(Boolean)
    .join(", ");
}
