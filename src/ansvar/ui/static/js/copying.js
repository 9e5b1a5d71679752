// data-copy="id": copies the text of that element; the button shows itself where that is possible.
import { toast } from "./toasts.js";

function reveal(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll?.("[data-copy][hidden]") ?? []) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  await navigator.clipboard.writeText(source.textContent.trim());
  toast({ text: button.dataset.copied, seconds: 3 });
});

document.addEventListener("htmx:after:swap", () => reveal(document));
reveal(document);
