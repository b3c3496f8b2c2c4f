// Lets an operator click an element in the framed page; without this script, they use the list of elements.
const frame = document.querySelector("iframe[data-point]");
const form = document.querySelector("form.point");
const hint = document.querySelector("[data-hint]");
let lit = null;
function listen() {
  const page = frame.contentDocument;
  if (!page?.documentElement) return;
  const meant = (event) => event.target.closest?.("[data-newsgather]");
  page.addEventListener("mouseover", (event) => {
    if (lit) lit.style.outline = "";
    lit = meant(event);
    if (lit) lit.style.outline = "2px solid #b3261e";
  });
  page.addEventListener(
    "click",
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      const element = meant(event);
      if (!element) return;
      form.elements.at.value = element.getAttribute("data-newsgather");
      form.requestSubmit();
    },
    true,
  );
  if (hint) hint.hidden = false;
}
if (frame && form) {
  frame.addEventListener("load", listen);
  if (frame.contentDocument && frame.contentDocument.readyState === "complete") listen();
}
