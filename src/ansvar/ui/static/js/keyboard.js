// Keys declared by the page: data-key="r" on whatever a click or the focus should reach.
import { isTyping, isUsable, make } from "./words.js";
import { undoLatest } from "./toasts.js";

const singleKeysOn = () => document.body.dataset.singleKeys !== "off";

/** What a key press is called in data-key: "r", "?", "Control+Enter". */
function nameOf(event) {
  const held = event.ctrlKey || event.metaKey ? "Control+" : "";
  return held + event.key;
}

/** Of several [data-key-scope] the one whose keys count: with the focus, else selected, else first. */
function scopeInUse() {
  const scopes = [...document.querySelectorAll("[data-key-scope]")];
  return scopes.find((one) => one.contains(document.activeElement))
    ?? scopes.find((one) => one.querySelector(".selected")) ?? scopes[0];
}

/** All usable elements with a key; the last one of two with the same key wins (it is nearer). */
export function keyed() {
  const found = new Map();
  const scope = scopeInUse();
  for (const element of document.querySelectorAll("[data-key]")) {
    const own = element.closest("[data-key-scope]");
    if ((!own || own === scope) && isUsable(element)) found.set(element.dataset.key, element);
  }
  return found;
}

/** What an element is called in lists. */
export function labelOf(element) {
  const own = element.dataset.keyLabel ?? element.getAttribute("aria-label");
  if (own) return own;
  const copy = element.cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, svg, .count, .visually-hidden")) extra.remove();
  return copy.textContent.trim();
}

/** Do what a click on it would do; fields take the focus. */
export function act(element) {
  if (element.matches("input, textarea, select")) { element.focus(); element.select?.(); return; }
  if (element.matches("summary")) element.focus();
  element.click();
}

function listKeys() {
  const dialog = document.getElementById("keys");
  const list = dialog?.querySelector(".key-list");
  if (!list) return;
  const rows = [...keyed()].map(([key, element]) => [key, labelOf(element)]);
  rows.push(...JSON.parse(list.dataset.standing));
  list.replaceChildren(...rows.map(([key, label]) => make("li", {}, make("span", {}, label),
    make("span", {}, ...key.replace("Control+", "Ctrl ").split(" ").map((one) => make("kbd", {}, one))))));
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const name = nameOf(event);
  if (name === "Control+Enter" && event.target.matches?.("[data-send]")) {
    event.preventDefault();
    event.target.form?.requestSubmit();
    return;
  }
  const isSingle = name.length === 1;
  if (isSingle && (isTyping() || !singleKeysOn())) return;
  // Enter, Backspace and the like belong to the field or button that has the focus.
  if (!isSingle && !name.startsWith("Control+") && (isTyping() || name === "Enter")) return;
  if (name === "?") { event.preventDefault(); listKeys(); return; }
  if (name === "z" && undoLatest()) { event.preventDefault(); return; }
  const element = keyed().get(name);
  if (!element) return;
  event.preventDefault();
  act(element);
});
