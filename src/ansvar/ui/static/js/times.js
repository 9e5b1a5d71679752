// Relative times keep telling the truth while a page stays open.
import { say } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function refresh() {
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const distance = Date.now() - Date.parse(element.dateTime);
    // Older than an hour the server's wording stands: it knows the reader's zone.
    if (Math.abs(distance) >= HOUR) continue;
    const minutes = Math.floor(Math.abs(distance) / MINUTE);
    const text = minutes === 0 ? say("now") : say(distance > 0 ? "ago" : "in", minutes);
    if (element.textContent !== text) element.textContent = text;
  }
}

setInterval(refresh, MINUTE / 2);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
