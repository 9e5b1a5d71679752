// j and k move through the rows of a list; Enter opens, as on any link; a preview may follow.
import { isTyping } from "./words.js";

const PREVIEW_DELAY = 120;
let pending = 0;

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];

function select(row) {
  for (const other of document.querySelectorAll("[data-rows] .selected")) {
    other.classList.remove("selected");
  }
  (row.closest("tr") ?? row).classList.add("selected");
}

function preview(row) {
  const target = document.querySelector(row.dataset.peekTarget ?? "#peek");
  if (!row.dataset.peek || !target?.checkVisibility()) return;
  clearTimeout(pending);
  pending = setTimeout(() => {
    window.htmx?.ajax("GET", row.dataset.peek, { target, swap: "innerHTML", source: row });
  }, PREVIEW_DELAY);
}

/** Move by `step` within the list that holds the focus or the selection. */
function move(step) {
  const active = document.activeElement?.closest?.("[data-row]");
  // Lists after one another, as in the queue, are one list to the keys.
  const rows = [...document.querySelectorAll("[data-rows]")].flatMap(rowsOf)
    .filter((row) => row.checkVisibility());
  if (!rows.length) return false;
  const here = active ?? rows.find((row) => (row.closest("tr") ?? row).classList.contains("selected"));
  const at = here ? rows.indexOf(here) : -1;
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping() || document.body.dataset.singleKeys === "off") return;
  if (document.querySelector("dialog[open]")) return;
  const step = { j: 1, k: -1 }[event.key];
  // A page without rows may use the letters itself.
  if (step && move(step)) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row?.closest("[data-rows]")) return;
  select(row);
  preview(row);
});
