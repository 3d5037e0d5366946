// Everything works without this; with it, lists refresh themselves and the keyboard gets shortcuts.
import "./live.js";
import "./keys.js";

// One click, one post: a second submit of the same form is ignored until the page is shown again.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if ("sent" in form.dataset) event.preventDefault();
  form.dataset.sent = "";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
