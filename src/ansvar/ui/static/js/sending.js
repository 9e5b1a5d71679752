// Requests: the token, what a failed answer may replace, sending with an undo, asking first.
import { say, token } from "./words.js";
import { toast } from "./toasts.js";

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (!["GET", "HEAD"].includes(request.method.toUpperCase())) {
    request.headers["X-CSRFToken"] = token();
  }
});

// A whole page in answer to a request for a part is a log-in page or an error page. Swapping it in
// would take away what was typed.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const isPage = /^\s*(<!--[^]*?-->\s*)*<!doctype html/i.test(ctx.text ?? "");
  if (!isPage || ctx.target === document.body || ctx.select) return;
  event.preventDefault();
  if (ctx.response.status < 400) {
    location.assign(ctx.response.raw.url);
    return;
  }
  const parsed = new DOMParser().parseFromString(ctx.text, "text/html");
  const headline = parsed.querySelector("h1")?.textContent;
  toast({ text: headline ? `${headline}. ${say("failed")}` : say("failed"), tone: "red" });
});

document.addEventListener("htmx:error", (event) => {
  // Only a request that could not be made has a context; other errors are for the console.
  if (event.detail?.ctx?.request) toast({ text: say("offline"), tone: "red" });
});

// data-undo="8": the form waits that long before it is really sent.
const released = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = (event.submitter ?? form).dataset.confirm ?? form.dataset.confirm;
  if (question && !released.has(form) && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (!form.dataset.undo || released.has(form)) { released.delete(form); return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.waiting) return;
  form.dataset.waiting = "yes";
  const submitter = event.submitter;
  const release = () => {
    delete form.dataset.waiting;
    window.removeEventListener("pagehide", leave);
    released.add(form);
    form.requestSubmit(submitter);
  };
  // Leaving the page is not an undo: what was sent goes.
  const leave = () => {
    const body = new FormData(form, submitter);
    fetch(form.action, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token() } });
  };
  window.addEventListener("pagehide", leave);
  toast({
    text: form.dataset.undoText ?? say("saving"),
    seconds: Number(form.dataset.undo),
    undo: () => {
      delete form.dataset.waiting;
      window.removeEventListener("pagehide", leave);
      form.querySelector("textarea")?.focus();
    },
    then: release,
  });
}, true);

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("input[type=file][data-names]")) return;
  const place = input.closest("form")?.querySelector("[data-file-names]");
  if (place) place.textContent = [...input.files].map((file) => file.name).join(", ");
});
