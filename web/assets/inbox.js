// Adds keyboard shortcuts to the inbox, which also works without them.
const rows = [...document.querySelectorAll(".inbox li")];
const form = document.querySelector("form[action='/admin/inbox']");
const undo = document.querySelector("form.undo");
const keys = { a: "approved", p: "published", r: "withdrawn", d: "draft", i: "reinstated" };
let at = -1;
function go(to, takesFocus = true) {
  if (rows.length === 0) return;
  rows[at]?.removeAttribute("aria-current");
  at = Math.max(0, Math.min(rows.length - 1, to));
  rows[at].setAttribute("aria-current", "true");
  if (!takesFocus) return;
  rows[at].querySelector("input")?.focus();
  rows[at].scrollIntoView({ block: "nearest" });
}
function tickAll() {
  const boxes = rows.map((row) => row.querySelector("input")).filter(Boolean);
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
}
if (undo) {
  setTimeout(() => {
    undo.hidden = true;
  }, Number(undo.dataset.left));
}
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input:not([type=checkbox]), select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = rows[at]?.querySelector("input");
  if (event.key === "j") go(at + 1);
  else if (event.key === "k") go(at - 1);
  else if (event.key === "x" && box) box.checked = !box.checked;
  else if (event.key === "*") tickAll();
  else if (event.key === "u" && undo && !undo.hidden) undo.requestSubmit();
  else if (event.key === "e") rows[at]?.querySelector(".edit")?.click();
  else if (event.key === "o") rows[at]?.querySelector(".open")?.click();
  else if (form && Object.hasOwn(keys, event.key)) {
    if (!form.querySelector("input[name=article]:checked") && box) box.checked = true;
    form.elements.verb.value = keys[event.key];
    form.requestSubmit();
  } else return;
  event.preventDefault();
});
// The user may already be typing in another box.
go(0, document.activeElement === document.body);
