// Lets an operator pick an element in the framed page by mouse or key. Without this script, the operator uses the list
// of elements.
const frame = document.querySelector("iframe[data-point]");
const form = document.querySelector("form.point");
const hint = document.querySelector("[data-hint]");
const NUMBERED = "[data-newsgather]";
let lit = null;

function light(element) {
  if (lit) lit.style.outline = "";
  lit = element;
  if (lit) lit.style.outline = "2px solid #b3261e";
}

function pick(element) {
  form.elements.at.value = element.getAttribute("data-newsgather");
  // The operator may have chosen another page that isn't shown yet.
  form.elements.n.value = new URL(frame.src).searchParams.get("n");
  form.requestSubmit();
}

const hasWords = ({ childNodes }) =>
  [...childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");

function listen() {
  const page = frame.contentDocument;
  if (!page?.documentElement) return;
  const meant = (event) => event.target.closest?.(NUMBERED);
  page.addEventListener("mouseover", (event) => light(meant(event)));
  page.addEventListener("focusin", (event) => light(meant(event)));
  for (const element of page.body?.querySelectorAll(NUMBERED) ?? []) {
    if (hasWords(element)) element.tabIndex = 0;
  }
  page.addEventListener(
    "keydown",
    (event) => {
      const around = lit?.parentElement?.closest(NUMBERED);
      if (event.key === "Enter" && lit) pick(lit);
      else if (event.key === "ArrowUp" && around) light(around);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  page.addEventListener(
    "click",
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      const element = meant(event);
      if (element) pick(element);
    },
    true,
  );
  if (hint) hint.hidden = false;
}
if (frame && form) {
  frame.addEventListener("load", listen);
  if (frame.contentDocument && frame.contentDocument.readyState === "complete") listen();
}
