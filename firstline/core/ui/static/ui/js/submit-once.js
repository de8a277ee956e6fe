/* A form is sent once, however often it is clicked. All forms of the page; data-again lets one be sent repeatedly. */
const sending = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
  if (sending.has(form)) return event.preventDefault();
  sending.add(form);
  form.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 10000);
});
const release = (form) => {
  sending.delete(form);
  form.removeAttribute?.("aria-busy");
};
document.addEventListener("htmx:finally:request", (event) => release(event.target.closest?.("form") ?? event.target));
addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[aria-busy]").forEach(release));
