// Scripts make the pages faster; no act needs them.
import "htmx.org";
import "./passkeys.js";

// A page that comes back with errors takes the reader there. A link followed in the summary before it stays in the
// address: it would take the focus back to its field.
const summary = document.querySelector("[data-focus]");
if (summary) {
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  summary.focus();
}

// A second click on the same button would only be answered with the first result: say that it is under way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[method=post]") || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});

// Coming back with the back button shows a page that can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// An open menu closes when one goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A page that people carry away has a button to print it; without scripts the browser's own menu does.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
