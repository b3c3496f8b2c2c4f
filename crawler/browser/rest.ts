import type { CDPSession, Page } from "playwright";
import { within } from "../../lib/stack.ts";
import type { Traffic } from "./traffic.ts";

/** Bounds of a rest, ms: how long a page is kept for the next address, and one call to the browser. */
export interface RestLimits {
  rest: number;
  call: number;
}

/** What becomes of a page between two addresses: nothing of it runs, and it asks its host for nothing more. */
export interface Rest {
  /** After a page was read. One that has nothing but its own scripts to stop is kept, stopped, for a while; others are left. */
  begin(): Promise<void>;
  /** Before the next address. */
  end(url: string): Promise<void>;
  /** Goes to an empty page. */
  leave(): Promise<void>;
}

/** To leave a page for an empty one costs a fifth of a render, to stop it and replace it by the next one next to nothing. */
export function restOf(
  { page, session, traffic }: { page: Page; session: CDPSession; traffic: Traffic },
  limits: RestLimits,
): Rest {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let leaving = Promise.resolve();

  const stop = async (on: boolean) => {
    stopped = on;
    const calls = Promise.all([
      session.send("Network.setBlockedURLs", { urls: on ? ["*"] : BLOCKED }),
      session.send("Emulation.setScriptExecutionDisabled", { value: on }),
    ]);
    await within(limits.call, calls, "stopping the page");
  };
  const leave = async () => {
    const left = session.send("Page.navigate", { url: "about:blank" });
    await within(limits.call, left, "leaving the page").catch(() => {});
  };
  // Frames of other sites, workers and answers that are waited for go on without the page's scripts.
  const hasOnlyItself = () =>
    page.frames().length === 1 &&
    page.workers().length === 0 &&
    traffic.idle(performance.now()) > 0;

  return {
    leave,
    async begin() {
      if (!hasOnlyItself()) return leave();
      try {
        await stop(true);
      } catch {
        return leave();
      }
      timer = setTimeout(() => {
        leaving = leave();
      }, limits.rest);
      timer.unref();
    },
    async end(url) {
      clearTimeout(timer);
      await leaving;
      if (!stopped) return;
      await stop(false);
      // To another fragment a page would go as it stands.
      if (documentOf(url) === documentOf(page.url())) await leave();
    },
  };
}

function documentOf(url: string): string {
  return url.split("#", 1)[0] ?? "";
}

const IMAGES = ["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp"];
const FONTS = ["woff", "woff2", "ttf", "otf", "eot"];
const MEDIA = ["mp4", "webm", "mp3", "m4a", "ogg", "m3u8", "mpd", "mov", "avi", "wav", "flac"];

/** Patterns of what a text reader needs not load, for CDP `Network.setBlockedURLs`. */
export const BLOCKED: string[] = [...IMAGES, ...FONTS, ...MEDIA].flatMap((ending) => [
  `*.${ending}`,
  `*.${ending}?*`,
]);
