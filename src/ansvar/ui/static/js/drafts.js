// Nothing typed is lost: the text of a field with data-draft is kept on the server.
import { make, picture, say, token } from "./words.js";

const PAUSE = 700;
const AGAIN = 5000;
const waiting = new Map();

const stateOf = (field) => (field.closest("[data-tabs]") ?? field.closest("form") ?? document).querySelector("[data-draft-state]");

function tell(field, key, icon) {
  const place = stateOf(field);
  if (place) place.replaceChildren(picture(icon), make("span", {}, say(key)));
}

async function keep(field, { leaving = false } = {}) {
  cancel(field);
  const control = new AbortController();
  waiting.set(field, { control });
  try {
    const answer = await fetch(field.dataset.draft, {
      method: "POST",
      body: new URLSearchParams({ text: field.value }),
      headers: { "X-CSRFToken": token() },
      signal: leaving ? undefined : control.signal,
      // Lets the last words reach the server when the page is closed at once.
      keepalive: leaving,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    waiting.delete(field);
    tell(field, "saved", "check");
  } catch (error) {
    if (error.name === "AbortError") return;
    tell(field, "unsaved", "alert-triangle");
    later(field, AGAIN);
  }
}

function cancel(field) {
  const entry = waiting.get(field);
  clearTimeout(entry?.timer);
  entry?.control?.abort();
  waiting.delete(field);
}

function later(field, pause = PAUSE) {
  cancel(field);
  waiting.set(field, { timer: setTimeout(() => keep(field), pause) });
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-draft]")) later(event.target);
});

// What is sent is no draft any more; saving it now would bring it back.
document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("[data-draft]")) cancel(field);
});

addEventListener("pagehide", () => {
  for (const [field, entry] of waiting) if (entry.timer) keep(field, { leaving: true });
});
