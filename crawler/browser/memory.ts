import { readFile } from "node:fs/promises";
import type { Browser } from "playwright";
import { within } from "../../lib/stack.ts";

/** Bytes of memory (PSS) of a local browser with all its processes; 0 where that can't be known. */
export async function memoryOf(browser: Browser, deadline: number): Promise<number> {
  if (process.platform !== "linux" || !browser.isConnected()) return 0;
  try {
    const session = await within(deadline, browser.newBrowserCDPSession(), "asking the browser");
    const asked = session.send("SystemInfo.getProcessInfo");
    const { processInfo } = await within(deadline, asked, "listing processes");
    const sizes = await Promise.all(processInfo.map(({ id }) => proportionalSize(id)));
    await within(deadline, session.detach(), "leaving the browser");
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}

async function proportionalSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}
