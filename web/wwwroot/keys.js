// The keyboard. Single keys can be switched off in the help dialog (WCAG 2.1.4); they never act while one types.
const help = document.getElementById("help");
const choice = help?.querySelector("[data-single-keys]");
const decline = document.getElementById("decline");
const enabled = () => localStorage.getItem("rms-keys") !== "off";

function openHelp() {
  choice.checked = enabled();
  help.showModal();
}

function move(step) {
  const links = [...document.querySelectorAll(".row-link")];
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next]?.focus({ preventScroll: true });
  links[next]?.closest(".row").scrollIntoView({ block: "nearest" });
}

function openDecline() {
  if (!decline) return;
  decline.open = true;
  decline.querySelector("textarea").focus();
}

function find() {
  const fields = [...document.querySelectorAll("#find, [data-search]")];
  const field = fields.find((each) => each.checkVisibility());
  if (field) field.select();
  else document.querySelector("[data-to-search]")?.click();
}

const actions = {
  j: () => move(1),
  k: () => move(-1),
  a: () => document.getElementById("accept")?.focus(),
  d: openDecline,
  n: () => document.querySelector("[data-next]")?.click(),
  u: () => document.querySelector("[data-up]")?.click(),
  "/": find,
  "?": openHelp,
};

if (help) {
  for (const button of document.querySelectorAll("[data-open-help]")) {
    button.hidden = false;
    button.addEventListener("click", openHelp);
  }
  choice.addEventListener("change", () => localStorage.setItem("rms-keys", choice.checked ? "on" : "off"));

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const action = enabled() ? actions[event.key] : undefined;
    if (action) {
      event.preventDefault();
      action();
    }
  });
}

function closeDecline(event) {
  event.preventDefault();
  decline.open = false;
  decline.querySelector("summary").focus();
}

if (decline) {
  decline.querySelector("[data-close-drop]").addEventListener("click", closeDecline);
  decline.addEventListener("keydown", (event) => event.key === "Escape" && closeDecline(event));
  decline.addEventListener("toggle", () => decline.open && decline.querySelector("textarea").focus());
}
