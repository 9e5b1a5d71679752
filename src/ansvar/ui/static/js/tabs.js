// Tabs of the composer: change without a request; arrows move, as screen readers expect.

function show(tab, { focusField = true } = {}) {
  const box = tab.closest("[data-tabs]");
  for (const other of box.querySelectorAll("[data-tab]")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    if (panel) panel.hidden = !chosen;
    if (panel && chosen && focusField) panel.querySelector("textarea, input:not([type=hidden])")?.focus();
  }
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-tabs] [data-tab]");
  if (!tab) return;
  event.preventDefault();
  show(tab);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[data-tabs] [data-tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  event.preventDefault();
  const tabs = [...tab.closest("[data-tabs]").querySelectorAll("[data-tab]")];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  show(next, { focusField: false });
  next.focus();
});
