import type { Locator, Page } from "playwright";
import { sleep } from "../../lib/time.ts";

/** The actions of a user on a page, by mouse or by keyboard only. */
export interface Hand {
  /** Presses a link, button, radio button or checkbox, the first of several. */
  press(what: string): Promise<void>;
  /** Types into a field. */
  write(field: string, text: string): Promise<void>;
  /** Chooses the entry of a list whose text begins with `text`. */
  choose(list: string, text: string): Promise<void>;
  /** Clicks something in a framed page. */
  point(what: Locator): Promise<void>;
  /** Presses Enter in the last field that was typed into. */
  enter(): Promise<void>;
  /** Reloads the page. */
  reload(): Promise<void>;
  /** Number of clicks, choices, Enters and reloads so far; typing into a field doesn't count. */
  clicks(): number;
}

/** A user with a mouse who types into fields. */
export function mouse(page: Page): Hand {
  let clicks = 0;
  return {
    clicks: () => clicks,
    async press(what) {
      clicks += 1;
      await page.locator(what).first().click();
    },
    write: (field, text) => page.locator(field).first().fill(text),
    async choose(list, text) {
      clicks += 1;
      const box = page.locator(list).first();
      const label = await box.locator("option", { hasText: text }).first().textContent();
      await box.selectOption({ label: label ?? text });
    },
    async reload() {
      clicks += 1;
      await page.reload();
    },
    async point(what) {
      clicks += 1;
      await what.click();
    },
    async enter() {
      clicks += 1;
      await page.keyboard.press("Enter");
    },
  };
}

/** Number of Tab stops after which something counts as unreachable. */
const MAX_STOPS = 1500;
const PATIENCE_MS = 120_000;

/** A user with the keyboard only: Tab, Shift+Tab, arrows, Space, Enter and text. */
export function keyboard(page: Page): Hand {
  let presses = 0;
  const { keyboard: keys } = page;
  const isFocused = (target: Locator) =>
    target.evaluate((element) => element === element.ownerDocument.activeElement);
  /** Returns the first match, once it exists. */
  const find = async (what: string) => {
    const target = page.locator(what).first();
    await target.waitFor({ timeout: PATIENCE_MS });
    return target;
  };
  const reach = async (what: string | Locator): Promise<Locator> => {
    for (let stops = 0; stops < MAX_STOPS; stops += 1) {
      const target = typeof what === "string" ? await find(what) : what;
      if (await isFocused(target)) return target;
      await keys.press("Tab");
    }
    throw new Error(`no key leads to ${String(what)}`);
  };
  /** Moves to a radio button: Tab leads into its group, arrow keys to the other buttons. */
  const choosePart = async (what: string) => {
    const target = await find(what);
    const name = await target.getAttribute("name");
    const inGroup = `document.activeElement?.type === "radio" && document.activeElement.name === ${JSON.stringify(name)}`;
    for (let stops = 0; !(await page.evaluate(inGroup)); stops += 1) {
      if (stops > MAX_STOPS) throw new Error(`no key leads to ${what}`);
      await keys.press("Tab");
    }
    if (await isFocused(target)) await keys.press("Space");
    for (let stops = 0; !(await target.isChecked()); stops += 1) {
      if (stops > MAX_STOPS) throw new Error(`no arrow leads to ${what}`);
      await keys.press("ArrowDown");
    }
  };
  return {
    clicks: () => presses,
    async press(what) {
      presses += 1;
      const kind = await (await find(what)).getAttribute("type");
      if (kind === "radio") return choosePart(what);
      await reach(what);
      await keys.press(kind === "checkbox" ? "Space" : "Enter");
    },
    async write(field, text) {
      await reach(field);
      await keys.press("Control+a");
      await keys.type(text);
    },
    async choose(list, text) {
      presses += 1;
      const box = await reach(list);
      const isChosen = async () =>
        ((await box.locator("option:checked").first().textContent({ timeout: 1000 })) ?? "")
          .trim()
          .startsWith(text);
      const options = await box.locator("option").count();
      await keys.press("Home");
      for (let stops = 0; !(await isChosen().catch(() => false)); stops += 1) {
        if (stops > options) throw new Error(`no arrow leads to ${text} in ${list}`);
        await keys.press("ArrowDown");
        await sleep(5);
      }
    },
    async reload() {
      presses += 1;
      await page.reload();
    },
    async point(what) {
      presses += 1;
      await reach(what);
      await keys.press("Enter");
    },
    async enter() {
      presses += 1;
      await keys.press("Enter");
    },
  };
}
