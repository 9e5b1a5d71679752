// Dialogs, things that open in place, and where the focus goes after a swap.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog && !dialog.open) { event.preventDefault(); dialog.showModal(); }
    return;
  }
  // A click beside the card of a dialog hits the dialog element itself.
  if (event.target.matches?.("dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right &&
      event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  for (const details of document.querySelectorAll("details[data-close-outside][open]")) {
    if (!details.contains(event.target)) details.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const open = [...document.querySelectorAll("details[data-close-outside][open]")].at(-1);
  if (open) {
    open.open = false;
    open.querySelector("summary")?.focus();
  } else if (document.activeElement?.matches("input, textarea")) {
    document.activeElement.blur();
  }
});

function settle(root) {
  for (const box of root.querySelectorAll("[data-bottom]")) {
    box.scrollTop = box.scrollHeight;
    box.removeAttribute("data-bottom");
  }
  for (const dialog of root.querySelectorAll("dialog[data-open]")) {
    dialog.removeAttribute("data-open");
    dialog.showModal();
  }
  const wanted = root.querySelector("[data-focus], [autofocus]");
  if (wanted) wanted.focus();
}

settle(document);
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target;
  settle(target?.isConnected ? target.parentElement ?? target : document);
});
