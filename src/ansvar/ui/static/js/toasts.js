// Short news at the lower left, with an undo that counts down.
import { announce, make, picture, say, token } from "./words.js";

const COUNT_STEP = 100;
let latest = null;

/**
 * Show a toast. `undo` is a function, or an address to post to; `then` runs when the time is over
 * without an undo. Keeping the pointer or the focus on it stops the clock.
 */
export function toast({ text, undo = "", seconds = 8, tone = "", then = null }) {
  const region = document.getElementById("toasts");
  if (!region) { then?.(); return null; }
  const left = make("progress", { max: seconds * 1000, value: seconds * 1000 });
  left.setAttribute("aria-hidden", "true");
  const actions = make("span", { className: "push" });
  const box = make("div", { className: `toast ${tone}` }, make("span", {}, text), actions, left);
  let remaining = seconds * 1000;
  let held = false;

  const end = (finished) => {
    clearInterval(clock);
    box.remove();
    if (latest === entry) latest = null;
    if (finished) then?.();
  };
  const takeBack = async () => {
    end(false);
    if (typeof undo === "function") return undo();
    const answer = await fetch(undo, { method: "POST", headers: { "X-CSRFToken": token() } })
      .catch(() => null);
    if (answer?.ok) location.reload();
    else toast({ text: say("failed"), tone: "red" });
    return null;
  };
  const entry = { takeBack: undo ? takeBack : null, finish: () => end(true) };

  if (undo) {
    const button = make("button", { type: "button", className: "button small" }, say("undo"),
      make("kbd", {}, "z"));
    button.addEventListener("click", takeBack);
    actions.append(button);
    latest = entry;
  }
  const close = make("button", { type: "button", className: "button quiet small only-icon" },
    picture("x"));
  close.setAttribute("aria-label", say("close"));
  close.addEventListener("click", () => end(true));
  actions.append(close);

  for (const kind of ["pointerenter", "focusin"]) box.addEventListener(kind, () => { held = true; });
  for (const kind of ["pointerleave", "focusout"]) box.addEventListener(kind, () => { held = false; });
  const clock = setInterval(() => {
    if (held && !then) return;
    remaining -= COUNT_STEP;
    left.value = remaining;
    if (remaining <= 0) end(true);
  }, COUNT_STEP);
  region.append(box);
  announce(text);
  return entry;
}

/** Take back what the newest toast offers to; false if there is nothing. */
export function undoLatest() {
  if (!latest?.takeBack) return false;
  latest.takeBack();
  return true;
}

document.addEventListener("toast", (event) => toast(event.detail));
