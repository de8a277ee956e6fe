/* After an answer with mistakes, the reader stands at the summary of what is wrong. */
const focusFirst = () => document.querySelector("[data-focus-first]")?.focus();
document.addEventListener("DOMContentLoaded", focusFirst);
document.addEventListener("htmx:after:settle", (event) => event.target.querySelector?.("[data-focus-first]")?.focus());
