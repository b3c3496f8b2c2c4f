// Keeps the form of a source and the YAML beside it in sync, and reports errors while the user types. Without this
// script, the button "Check" does the same.
const form = document.querySelector("form[data-source]");
const report = document.querySelector("#report");
const PAUSE_MS = 300;
let checks = 0;
let timer;

function show({ yaml, values, problems, report: markup }) {
  const put = (box, value) => {
    if (box !== document.activeElement && box.value !== value) box.value = value;
  };
  put(form.elements.yaml, yaml);
  form.elements.base.value = yaml;
  for (const box of form.querySelectorAll("[name^='f.']")) {
    const path = box.name.slice(2);
    put(box, values[path] ?? "");
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
  checks += 1;
  const number = checks;
  const body = new URLSearchParams(new FormData(form));
  const headers = { accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", headers, body }).catch(() => null);
  if (number !== checks) return;
  if (answer?.ok) show(await answer.json());
  else
    report.textContent =
      "The source couldn't be checked: is the server reachable, and are you logged in?";
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => void check(), PAUSE_MS);
});
