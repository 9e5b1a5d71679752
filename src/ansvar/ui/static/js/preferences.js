// Theme, density and keys: applied at once, kept by the server; the form works without this too.
import { announce, token } from "./words.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches?.("[data-preferences]") || !button) return;
  event.preventDefault();
  const root = document.documentElement;
  if (button.name === "theme") {
    if (button.value) root.dataset.theme = button.value;
    else delete root.dataset.theme;
  } else if (button.name === "density") {
    root.dataset.density = button.value;
  } else if (button.name === "single_keys") {
    const on = button.value === "on";
    document.body.classList.toggle("keys-off", !on);
    if (on) delete document.body.dataset.singleKeys;
    else document.body.dataset.singleKeys = "off";
    button.setAttribute("aria-pressed", String(on));
    button.value = on ? "off" : "on";
  }
  if (button.name !== "single_keys") {
    for (const other of form.querySelectorAll(`button[name="${button.name}"]`)) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  }
  const body = new URLSearchParams({ [button.name]: button.name === "single_keys" ? (document.body.dataset.singleKeys ?? "on") : button.value });
  fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": token() } }).catch(() => {});
  announce(button.textContent.trim());
});
