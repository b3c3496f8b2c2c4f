// Keeps the form of a source and the YAML beside it in sync, and reports errors while the user types. Without this
// script, the button "Check" does the same.
const form = document.querySelector("form[data-source]");
const report = document.querySelector("#report");
const boxes = [...(form?.querySelectorAll("[name=yaml], [name^='f.']") ?? [])];
const PAUSE_MS = 300;
let edits = 0;
// The box of the last edit.
let edited = document.activeElement;
let timer;

function renderedValue(box) {
  if (box.tagName !== "SELECT") return box.defaultValue;
  const options = [...box.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value;
}

function put(box, value) {
  const { value: before, selectionStart: start, selectionEnd: end } = box;
  if (before === value) return;
  box.value = value;
  // Text that changed above the caret moves it.
  const moved = (at) => (value.endsWith(before.slice(at)) ? at + value.length - before.length : at);
  if (box.name === "yaml") box.setSelectionRange(moved(start), moved(end));
}

function show({ yaml, values, problems, report: markup }) {
  put(form.elements.yaml, yaml);
  form.elements.base.value = yaml;
  for (const box of boxes.filter(({ name }) => name !== "yaml")) {
    const path = box.name.slice(2);
    // "The " must not become "The" before the user types the next word.
    const isBeingTyped = box === document.activeElement && box === edited;
    if (!isBeingTyped) put(box, values[path] ?? "");
    const wrong = problems.filter((one) => one.path === path || one.path.startsWith(`${path}.`));
    box.classList.toggle("is-invalid", wrong.length > 0);
    box.toggleAttribute("aria-invalid", wrong.length > 0);
    const words = document.getElementById(`${box.id}-problem`);
    if (words) words.textContent = wrong.map(({ message }) => message).join("; ");
    if (wrong.length > 0) box.closest("details").open = true;
  }
  report.innerHTML = markup;
}

async function check() {
  const checked = edits;
  const body = new URLSearchParams(new FormData(form));
  const headers = { accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", headers, body }).catch(() => null);
  const shown = answer?.ok ? await answer.json() : null;
  // What was typed meanwhile is checked next; this answer would overwrite it.
  if (checked !== edits) return;
  if (shown) show(shown);
  else
    report.textContent =
      "The source couldn't be checked. Check that the server is reachable and that you are logged in.";
}

function checkSoon() {
  edits += 1;
  clearTimeout(timer);
  timer = setTimeout(() => void check(), PAUSE_MS);
}

form?.addEventListener("input", ({ target }) => {
  edited = target;
  checkSoon();
});
// The user may have typed before this script was loaded, and a browser restores input when it reloads a page.
if (boxes.some((box) => box.value !== renderedValue(box))) checkSoon();
