// Ctrl+K: the page's own commands, places to go, and what the server finds.
import { act, keyed, labelOf } from "./keyboard.js";
import { isTyping, make, picture, say } from "./words.js";

const SEARCH_DELAY = 150;
const SHORTEST = 2;
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
let before = null;
let actions = [];
let searching = null;
let timer = 0;

const matches = (label, query) => query.toLowerCase().split(/\s+/)
  .every((word) => label.toLowerCase().includes(word));

function actionsOfPage() {
  return [...keyed()].filter(([, element]) => !dialog.contains(element)).map(([key, element]) => ({
    label: labelOf(element), key, icon: "bolt", run: () => act(element),
  }));
}

function places() {
  return [...dialog.querySelectorAll("[data-places] a")].map((link) => ({
    label: link.textContent, icon: link.dataset.icon || "arrow-right", run: () => location.assign(link.href),
  }));
}

function option(entry) {
  const item = make("div", { className: "menu-item" }, picture(entry.icon), make("span", { className: "ellipsis" }, entry.label),
    entry.detail ? make("span", { className: "detail" }, entry.detail) : "",
    entry.key ? make("kbd", {}, entry.key.replace("Control+", "Ctrl ")) : "");
  item.setAttribute("role", "option");
  item.addEventListener("click", () => choose(entry));
  item.addEventListener("pointermove", () => mark(item));
  item.entry = entry;
  return item;
}

function group(title, entries) {
  if (!entries.length) return [];
  const box = make("div", {}, make("h2", { ariaHidden: "true" }, title), ...entries.map(option));
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", title);
  return [box];
}

function show(found = []) {
  const query = input.value.trim();
  const here = actions.filter((entry) => matches(entry.label, query));
  const there = places().filter((entry) => matches(entry.label, query));
  const groups = [...group(say("found"), found), ...group(say("actions"), here), ...group(say("places"), there)];
  list.replaceChildren(...groups);
  if (!groups.length) list.append(make("div", { className: "empty" }, make("p", {}, say("nothing"))));
  number();
}

function number() {
  const items = [...list.querySelectorAll("[role=option]")];
  items.forEach((item, index) => { item.id = `palette-${index}`; });
  if (items[0]) mark(items[0]);
  else input.removeAttribute("aria-activedescendant");
}

function mark(item) {
  for (const other of list.querySelectorAll("[aria-selected]")) other.removeAttribute("aria-selected");
  item.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", item.id);
}

function choose(entry) {
  dialog.close();
  before?.focus();
  entry.run();
}

/** The server answers with a JSON list of {label, detail, href, icon}. */
async function search() {
  const query = input.value.trim();
  searching?.abort();
  if (!dialog.dataset.search || query.length < SHORTEST) { show(); return; }
  searching = new AbortController();
  try {
    const answer = await fetch(`${dialog.dataset.search}?q=${encodeURIComponent(query)}`,
      { signal: searching.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) { show(); return; }
    const found = await answer.json();
    show(found.map((entry) => ({ ...entry, icon: entry.icon || "ticket", run: () => location.assign(entry.href) })));
  } catch (error) {
    if (error.name !== "AbortError") show();
  }
}

function open() {
  before = document.activeElement;
  // Collected before the dialog opens: behind it, nothing on the page counts as usable.
  actions = actionsOfPage();
  input.value = "";
  show();
  dialog.showModal();
  input.focus();
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey) {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else if (!document.querySelector("dialog[open]") || isTyping()) open();
    }
  });
  input.addEventListener("input", () => {
    show();
    clearTimeout(timer);
    timer = setTimeout(search, SEARCH_DELAY);
  });
  input.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll("[role=option]")];
    const at = items.findIndex((item) => item.getAttribute("aria-selected"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      event.preventDefault();
      const next = items[(at + step + items.length) % items.length];
      mark(next);
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && items[at]) {
      event.preventDefault();
      choose(items[at].entry);
    }
  });
}
