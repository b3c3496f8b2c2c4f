import type { Page } from "playwright";

/** Returns what the list on the page shows. */
export async function itemsOf(on: Page) {
  return on.locator("article.item").evaluateAll((items) =>
    items.map((item) => ({
      day: item.closest("section.day")?.id.slice(1) ?? null,
      heading: item.querySelector("h3 a")?.textContent ?? "",
      place: item.querySelector("h3 .place")?.textContent ?? null,
      more: item.querySelector(".more a")?.textContent ?? "",
      original: item.querySelector(".more a")?.getAttribute("data-original") ?? "",
      source: item.querySelector(".meta .source")?.textContent ?? "",
      time: item.querySelector(".meta time")?.getAttribute("datetime") ?? "",
    })),
  );
}

/** Returns the numbers beside the list. */
export async function countersOf(on: Page) {
  const terms = await on.locator(".counters dt").allTextContents();
  const values = await on.locator(".counters dd").allTextContents();
  return Object.fromEntries(terms.map((term, index) => [term, Number(values[index])]));
}

/** Script that returns a page's metrics once its largest element has been painted. */
const VITALS = `new Promise((resolve) => {
  const told = { largest: "", shift: 0 };
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) told.shift += value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    told.largest = list.getEntries().at(-1)?.element?.textContent ?? "";
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(told)));
  }).observe({ type: "largest-contentful-paint", buffered: true });
})`;

/** Returns the text of the largest painted element, and how much the layout shifted (web.dev: LCP, CLS). */
export function vitalsOf(page: Page): Promise<{ largest: string; shift: number }> {
  return page.evaluate<{ largest: string; shift: number }>(VITALS);
}
