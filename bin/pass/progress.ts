import pc from "picocolors";
import type { SourceProgress } from "./wait.ts";
import { describeWaiting, type WaitingLink } from "./waiting.ts";

/** Shows how far a pass is, and what it waits for while nothing can be fetched. */
export type PassView = (progress: SourceProgress[], waiting: WaitingLink[] | null) => void;

/** Shows a pass while it goes: bars redrawn in place on a terminal, a line per change elsewhere. */
export function progressView(out: NodeJS.WriteStream = process.stderr): PassView {
  return out.isTTY ? bars(out) : lines(out);
}

const WIDTH = 24;

function bars(out: NodeJS.WriteStream): PassView {
  let drawn = 0;
  return (progress, waiting) => {
    const rows = progress.slice(0, (out.rows ?? 40) - 3).map(bar);
    if (waiting) rows.push(describeWaiting(waiting).slice(0, (out.columns ?? 200) - 1));
    // Back to the first row of the last drawing, then over it and what lies below.
    const back = drawn > 0 ? `\u001b[${drawn}A` : "";
    out.write(`${back}${rows.map((row) => `\u001b[2K${row}\n`).join("")}\u001b[J`);
    drawn = rows.length;
  };
}

function bar({
  source,
  counts,
  state,
}: Pick<SourceProgress, "source" | "counts" | "state">): string {
  const total = counts.links + counts.entryPoints;
  const through = total - counts.waiting;
  const filled = state === "done" ? WIDTH : total > 0 ? Math.round((through / total) * WIDTH) : 0;
  const drawn = pc.green("█".repeat(filled)) + pc.dim("░".repeat(WIDTH - filled));
  return `${source._id.padEnd(22).slice(0, 22)} ${drawn} ${told({ counts, state })}`;
}

function lines(out: NodeJS.WriteStream): PassView {
  const last = new Map<string, string>();
  let lastWaiting = "";
  return (progress, waiting) => {
    const wait = waiting ? describeWaiting(waiting) : "";
    if (wait !== "" && wait !== lastWaiting) out.write(`${wait}\n`);
    lastWaiting = wait;
    for (const one of progress) {
      const id = one.source._id;
      const text = told(one);
      if (one.state === "waiting" || last.get(id) === text) continue;
      last.set(id, text);
      out.write(`${id}: ${text}\n`);
    }
  };
}

function told({ counts, state }: Pick<SourceProgress, "counts" | "state">): string {
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
