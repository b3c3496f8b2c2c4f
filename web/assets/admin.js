// Improves pages of the admin: relative times, tables that can be sorted, filtered, ticked and resized, and search
// while typing. Every page also works without it.

const MINUTE = 60;
const UNITS = [
  ["second", 1, 45],
  ["minute", MINUTE, 45 * MINUTE],
  ["hour", 60 * MINUTE, 22 * 60 * MINUTE],
  ["day", 24 * 60 * MINUTE, 45 * 24 * 60 * MINUTE],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

function tellTimes(root) {
  const now = Date.now();
  for (const element of root.querySelectorAll("time[datetime*='T']")) {
    const at = new Date(element.dateTime);
    const seconds = (at - now) / 1000;
    const unit = UNITS.find(([, , most]) => Math.abs(seconds) < most);
    if (!element.title) element.title = exact.format(at);
    const text = !unit
      ? date.format(at)
      : Math.abs(seconds) < 5
        ? "now"
        : relative.format(Math.round(seconds / unit[1]), unit[0]).replace(".", "");
    if (element.textContent !== text) element.textContent = text;
  }
}

function sortValue(cell) {
  if (!cell) return "";
  const time = cell.querySelector("time[datetime]");
  if (time) return Date.parse(time.dateTime);
  if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
  const text = cell.textContent.trim();
  const number = Number.parseFloat(text.replaceAll(",", ""));
  return cell.classList.contains("n") && !Number.isNaN(number) ? number : text.toLowerCase();
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function addSort(table, head, column) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "table-sort";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sortBy(table, head, column));
  head.append(button);
}

function sortBy(table, head, column) {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) {
    other.removeAttribute("aria-sort");
    other.querySelector("button")?.classList.remove("asc", "desc");
  }
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  head.querySelector("button").classList.add(down ? "desc" : "asc");
  const rows = [...table.tBodies[0].rows].map((row) => [sortValue(row.cells[column]), row]);
  rows.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

/** Returns the checkboxes with which a user chooses rows. */
function ticksOf(table) {
  return table.tBodies[0].querySelectorAll("td:first-child > input[type=checkbox]");
}

/** Adds a checkbox to the head of a column of checkboxes; it ticks all rows that are shown. */
function addTickAll(table, head) {
  const all = document.createElement("input");
  all.type = "checkbox";
  all.className = "form-check-input";
  all.setAttribute("aria-label", "All rows that are shown");
  const shown = () => [...ticksOf(table)].filter(({ disabled }) => !disabled);
  const show = () => {
    const ticked = shown().filter(({ checked }) => checked).length;
    all.checked = ticked > 0 && ticked === shown().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.addEventListener("change", () => {
    for (const tick of shown()) tick.checked = all.checked;
  });
  table.addEventListener("change", show);
  head.prepend(all, " ");
  show();
}

/** Tables with at least this many rows can be filtered. */
const FILTER_FROM = 8;

/** Adds a box to a table; only rows that contain all the words typed into the box are shown. */
function addFilter(table, header, title) {
  if (!header || table.tBodies[0].rows.length < FILTER_FROM) return;
  const box = document.createElement("input");
  box.type = "search";
  box.className = "form-control form-control-sm table-filter ms-auto";
  box.placeholder = table.hasAttribute("data-paged") ? "Filter this page" : "Filter these rows";
  box.setAttribute("aria-label", `Filter the rows of ${title || "this table"}`);
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/);
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      // A form must not act on rows that its user doesn't see.
      for (const input of row.querySelectorAll("input")) {
        if (input.form?.method !== "post") continue;
        if (row.hidden && input.type === "radio") input.checked = false;
        input.disabled = row.hidden;
      }
    }
    table.dispatchEvent(new Event("change"));
  });
  // Enter would otherwise submit a form around the table.
  box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  header.append(box);
}

function storedWidths(key, widths) {
  try {
    if (widths) localStorage.setItem(key, JSON.stringify(widths));
    return JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

function setWidth(head, width) {
  head.style.width = `${width}px`;
  // Without a minimum width, the browser shrinks columns to their words if a table is wider than its card.
  head.style.minWidth = head.style.width;
}

function keepWidths(heads, name) {
  const key = `widths ${location.pathname} ${name}`;
  const widths = storedWidths(key);
  for (const [n, head] of heads.entries()) {
    if (widths[n]) setWidth(head, widths[n]);
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.setAttribute("aria-hidden", "true");
    grip.addEventListener("click", (event) => event.stopPropagation());
    let start = 0;
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      start = event.clientX - head.offsetWidth;
    });
    grip.addEventListener("pointermove", ({ clientX, pointerId }) => {
      if (grip.hasPointerCapture(pointerId)) setWidth(head, Math.max(40, clientX - start));
    });
    grip.addEventListener("lostpointercapture", () => {
      const dragged = heads.map((one) => one.offsetWidth);
      storedWidths(key, dragged);
    });
    head.append(grip);
  }
}

function improveTables(root) {
  for (const table of root.querySelectorAll("table.card-table")) {
    const card = table.closest(".card");
    const title = card?.querySelector(".card-title")?.textContent ?? "";
    const heads = [...table.tHead.rows[0].cells];
    const ticks = ticksOf(table).length;
    if (ticks > 1) addTickAll(table, heads[0]);
    // The server sorts lists with pages, because the first row of the list can be on another page.
    const isSortable = !table.hasAttribute("data-paged") && table.tBodies[0].rows.length > 1;
    for (const [column, head] of heads.entries()) {
      const isTicks = ticks > 0 && column === 0;
      if (isSortable && !isTicks && head.textContent.trim() !== "") addSort(table, head, column);
    }
    addFilter(table, card?.querySelector(".card-header"), title);
    keepWidths(heads, title.replace(/\s*\(\d+\)/, ""));
  }
}

function findWhileTyping(form) {
  const box = form.querySelector("input");
  const list = document.createElement("div");
  list.className =
    "list-group found position-absolute top-100 w-100 mt-1 overflow-auto bg-surface shadow";
  list.hidden = true;
  form.append(list);
  let waiting = 0;
  const show = async () => {
    const query = box.value.trim();
    if (query.length < 2 || /^https?:/i.test(query)) {
      list.hidden = true;
      return;
    }
    const answer = await fetch(`/admin/find?format=json&q=${encodeURIComponent(query)}`);
    if (!answer.ok || query !== box.value.trim()) return;
    const { finds } = await answer.json();
    list.replaceChildren(
      ...finds.slice(0, 10).map(({ kind, name, path }) => {
        const link = document.createElement("a");
        link.className = "list-group-item list-group-item-action";
        link.href = path;
        const about = document.createElement("span");
        about.className = "text-secondary float-end";
        about.textContent = kind;
        link.append(about, name);
        return link;
      }),
    );
    list.hidden = finds.length === 0 || !form.contains(document.activeElement);
  };
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void show(), 150);
  });
  form.addEventListener("keydown", (event) => {
    const links = [...list.children];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") list.hidden = true;
    else if (event.key === "ArrowDown" && !list.hidden)
      links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp" && !list.hidden) (links[at - 1] ?? box).focus();
    else return;
    event.preventDefault();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) list.hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, select, textarea");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyping) return;
    event.preventDefault();
    box.focus();
  });
}

/** After this time, a form can be sent again although no response has arrived. */
const MAX_SENDING_MS = 30_000;
/** Timer that is set while the response to a sent form hasn't arrived. */
let sending;
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.method === "post") {
    if (sending) {
      event.preventDefault();
      return;
    }
    sending = setTimeout(endSending, MAX_SENDING_MS);
  }
  submitter?.classList.add("btn-loading");
});
function endSending() {
  clearTimeout(sending);
  sending = undefined;
  for (const button of document.querySelectorAll(".btn-loading"))
    button.classList.remove("btn-loading");
}
addEventListener("pageshow", endSending);
// The user stopped the page from loading.
globalThis.navigation?.addEventListener("navigateerror", endSending);

/** Returns whether the focus or a text selection is inside this part of the page. */
function isInUse(part) {
  const selection = getSelection();
  return (
    part.contains(document.activeElement) ||
    (!selection.isCollapsed && selection.containsNode(part, true))
  );
}

/** Time from an error to the warning; browsers reconnect within five seconds. */
const LATE_MS = 10_000;

/** Updates a part of the page with events from the server while the page is visible. */
function keepLive(part) {
  let events = null;
  let latest = null;
  let hasEnded = false;
  let late;
  const warning = document.createElement("p");
  warning.className = "alert alert-warning";
  warning.setAttribute("role", "alert");
  warning.textContent =
    "This page isn't up to date. Check that the server is reachable and that you are logged in.";
  const show = () => {
    // Don't move an element that the user is about to press.
    if (latest === null || isInUse(part)) return;
    const from = scrollY;
    part.innerHTML = latest;
    latest = null;
    improve(part);
    document.dispatchEvent(new Event("newsgather:content"));
    scrollTo(0, from);
  };
  const open = () => {
    if (events || hasEnded || document.hidden) return;
    events = new EventSource(part.dataset.live);
    events.addEventListener("message", ({ data }) => {
      clearTimeout(late);
      late = undefined;
      warning.remove();
      latest = JSON.parse(data);
      show();
    });
    events.addEventListener("end", () => {
      hasEnded = true;
      close();
    });
    events.addEventListener("error", () => {
      late ??= setTimeout(() => {
        late = undefined;
        part.before(warning);
        // The browser doesn't reconnect after a refusal, such as that of an expired session.
        if (events.readyState === EventSource.CLOSED) close();
        open();
      }, LATE_MS);
    });
  };
  const close = () => {
    clearTimeout(late);
    late = undefined;
    events?.close();
    events = null;
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else open();
  });
  open();
  setInterval(show, 1000);
}

function keepFresh(part) {
  const refresh = async () => {
    const headers = { accept: "text/html" };
    const answer = document.hidden
      ? null
      : await fetch(location.href, { headers }).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page && !isInUse(part) ? page.getElementById(part.id) : null;
    if (next) {
      part.replaceWith(next);
      improve(next);
    }
    if ((next ?? part).dataset.refresh) keepFresh(next ?? part);
  };
  setTimeout(() => void refresh(), part.dataset.refresh * 1000);
}

function improve(root) {
  improveTables(root);
  tellTimes(root);
}

const form = document.querySelector("form.find");
if (form) findWhileTyping(form);
improve(document);
setInterval(() => tellTimes(document), 15_000);
const live = document.querySelector("[data-live]");
if (live) keepLive(live);
const fresh = document.querySelector("[data-refresh]");
if (fresh) keepFresh(fresh);
