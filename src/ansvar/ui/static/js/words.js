// Texts, pictures and the few things every module needs from the page.

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

const texts = JSON.parse(meta("ansvar-words") || "{}");

/** The text `key` in the reader's language, with {n} filled in. */
export const say = (key, n = "") => (texts[key] ?? key).replace("{n}", n);

/** Address given by the page in <meta name="ansvar-...">, or "". */
export const address = (name) => meta(`ansvar-${name}`);

/** The token Django asks for with every change. */
export const token = () => meta("csrf-token");

/** An icon of the sprite as an element. */
export function picture(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${meta("ansvar-sprite")}#${name}`);
  svg.append(use);
  return svg;
}

/** An element with properties and children: make("b", {className: "x"}, "text"). */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Say something to screen readers without moving the focus. */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  // A region that is emptied and filled in one turn is not read out again.
  requestAnimationFrame(() => { region.textContent = text; });
}

/** Whether the person is writing, so that letters are letters. */
export function isTyping(element = document.activeElement) {
  if (!element) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input") &&
    !["checkbox", "radio", "button", "submit", "file", "range", "color"].includes(element.type);
}

/** Whether something can be used now: shown, not disabled, not behind an open dialog. */
export function isUsable(element) {
  if (element.disabled || element.getAttribute("aria-disabled") === "true") return false;
  const open = document.querySelector("dialog[open]");
  if (open && !open.contains(element)) return false;
  return element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
}
