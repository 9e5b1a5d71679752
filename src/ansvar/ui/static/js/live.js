// News from the server: in-place changes of what is at rest, a pill for what would move the list.
import { address, announce, say } from "./words.js";

const known = new Set();
let source = null;

const kindsOf = (element) => (element.dataset.live ?? element.dataset.livePill ?? "").split(/\s+/).filter(Boolean);

/** A pointer that has rested for so long, in ms, is not about to press anything. */
const RESTED = 3000;
let moved = 0;
addEventListener("pointermove", (event) => { moved = event.timeStamp; }, { passive: true });
const isPointedAt = (element) => element.matches(":hover") && performance.now() - moved < RESTED;

/** Whether the person is busy in it, so that it must not change under hand or pointer. */
const isBusy = (element) => element.contains(document.activeElement) && element !== document.activeElement ||
  isPointedAt(element) || element.querySelector("[open]");

/** Send the event `live:<kind>` on the document whenever such news come. */
export function listen(kind) {
  if (!source || known.has(kind)) return;
  known.add(kind);
  hear(kind);
}

function spread(kind, news) {
  document.dispatchEvent(new CustomEvent(`live:${kind}`, { detail: news }));
  for (const element of document.querySelectorAll("[data-live]")) {
    if (kindsOf(element).includes(kind) && concerns(element, news)) freshen(element);
  }
  for (const pill of document.querySelectorAll("[data-live-pill]")) {
    if (kindsOf(pill).includes(kind)) count(pill, news);
  }
}

/** data-live-of="ticket_id:42" narrows an element to news about that one. */
function concerns(element, news) {
  if (!element.dataset.liveOf) return true;
  const [name, value] = element.dataset.liveOf.split(":");
  return !(name in news) || String(news[name]) === value;
}

function freshen(element) {
  if (!isBusy(element)) { element.dispatchEvent(new CustomEvent("live", { bubbles: false })); return; }
  if (element.dataset.stale) return;
  element.dataset.stale = "yes";
  const retry = () => {
    if (!element.isConnected) return;
    if (isBusy(element)) { setTimeout(retry, 1000); return; }
    delete element.dataset.stale;
    element.dispatchEvent(new CustomEvent("live", { bubbles: false }));
  };
  setTimeout(retry, 1000);
}

/** What the news behind a pill are about, so that two about the same count once. */
const counted = new WeakMap();

function count(pill, news) {
  if (!counted.has(pill)) counted.set(pill, new Set());
  const about = counted.get(pill).add(news.id ?? Symbol("news"));
  const n = about.size;
  pill.dataset.count = String(n);
  const text = say("new", n);
  (pill.querySelector("[data-text]") ?? pill).textContent = text;
  if (pill.hidden) announce(text);
  pill.hidden = false;
}

function subscribe() {
  for (const element of document.querySelectorAll("[data-live], [data-live-pill]")) {
    for (const kind of kindsOf(element)) listen(kind);
  }
}

function hear(kind) {
  source.addEventListener(kind, (event) => spread(kind, JSON.parse(event.data || "{}")));
}

/** After how long the stream is opened again, in ms: ever later, then no more. */
const PAUSES = [5000, 10000, 20000, 40000, 60000];
let refused = 0;
let opened = false;

function openStream() {
  // The page says what it shows, and hears who else has it open.
  const looking = document.querySelector("[data-looking]");
  source = new EventSource(looking ? `${address("live")}?at=${encodeURIComponent(looking.dataset.looking)}` : address("live"));
  source.addEventListener("looking", (event) => {
    const { names } = JSON.parse(event.data);
    looking.querySelector("[data-names]").textContent = names.join(", ");
    looking.title = names.join(", ");
    looking.hidden = names.length === 0;
  });
  source.addEventListener("open", () => {
    if (opened) document.querySelectorAll("[data-live]").forEach(freshen);
    opened = true;
    refused = 0;
    document.documentElement.dataset.live = "on";
  });
  source.addEventListener("error", () => {
    document.documentElement.dataset.live = "off";
    // The browser comes again by itself, but not after an answer that is no stream.
    if (source.readyState === EventSource.CLOSED && refused < PAUSES.length) setTimeout(openStream, PAUSES[refused++]);
  });
  source.addEventListener("reload", () => document.querySelectorAll("[data-live]").forEach(freshen));
  known.forEach(hear);
}

if (address("live")) {
  // After a gap everything is asked for again.
  openStream();
  subscribe();
  document.addEventListener("htmx:after:swap", subscribe);
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
