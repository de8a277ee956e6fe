/* After an answer with mistakes, the reader stands at the summary of what is wrong. */
const focusFirst = () => document.querySelector("[data-focus-first]")?.focus();
document.addEventListener("DOMContentLoaded", focusFirst);
document.addEventListener("htmx:after:settle", (event) => event.target.querySelector?.("[data-focus-first]")?.focus());

/* A sheet longer than the window, with nothing in it to Tab to, is a stop of its own: else no key would scroll it. */
{
  const CONTROLS = "a[href], button, summary, input:not([type=hidden]), select, textarea, iframe, [tabindex='0']";
  const letKeysScroll = () => {
    const main = document.querySelector("main");
    if (main) main.tabIndex = main.scrollHeight > main.clientHeight && getComputedStyle(main).overflowY === "auto" && !main.querySelector(CONTROLS) ? 0 : -1;
  };
  document.addEventListener("DOMContentLoaded", letKeysScroll);
  document.addEventListener("htmx:after:settle", letKeysScroll);
  addEventListener("resize", letKeysScroll);
}
