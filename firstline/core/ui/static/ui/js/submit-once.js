/* A form is sent once, however often it is clicked, by htmx or without. All forms of the page; data-again lets one repeat. */
const sending = new WeakSet();

const release = (form) => {
  sending.delete(form);
  form.removeAttribute?.("aria-busy");
};

/* Before everybody else: htmx would put the second click in its queue and send it after the first. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  const isHtmx = form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]");
  if ("again" in form.dataset || !(isHtmx || form.method === "post")) return;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sending.add(form);
  form.setAttribute("aria-busy", "true");
  setTimeout(() => event.defaultPrevented && !isHtmx && release(form));
  setTimeout(() => release(form), 10000);
}, true);

document.addEventListener("htmx:finally:request", (event) => release(event.target.closest?.("form") ?? event.target));
addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[aria-busy]").forEach(release));
