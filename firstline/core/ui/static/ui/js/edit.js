/* A value that turns into a small form where it stands. Esc gives up and brings the value back.
   A choice by pointer is saved at once; by key one first walks over the options (WCAG 3.2.2), then presses Save or Enter.
   After saving, the reader stands at the value again, wherever the answer has drawn it. */
let saved = "";

customElements.define("x-edit", class extends HTMLElement {
  #before;
  #isByPointer = false;

  connectedCallback() {
    this.addEventListener("htmx:before:request", (event) => {
      if (event.target.closest(".property__edit")) this.#before = this.innerHTML;
    });
    this.addEventListener("htmx:after:settle", () => this.#begin());
    this.addEventListener("pointerdown", () => { this.#isByPointer = true; });
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", (event) => event.target.closest("[data-cancel]") && this.#back(event));
    this.addEventListener("change", (event) => this.#choose(event.target));
    this.addEventListener("submit", (event) => { saved = new URL(event.target.action).pathname; });
    this.#return();
  }

  /* The form has come, or has come back with a mistake. */
  #begin() {
    saved = "";
    const first = this.querySelector("form :is(input:not([type=hidden]), select, textarea)");
    (first?.type === "radio" && this.querySelector("form input[type=radio]:checked") || first)?.focus();
  }

  #key(event) {
    this.#isByPointer = false;
    const { form } = event.target;
    if (event.key === "Escape" && this.querySelector("form")) this.#back(event);
    if (event.key === "Enter" && event.target.matches("select") && form) {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  #choose(field) {
    const { form } = field;
    if (this.#isByPointer && field.matches("select") && form?.querySelectorAll("select, input:not([type=hidden])").length === 1) form.requestSubmit();
  }

  #return() {
    const link = this.querySelector(".property__edit");
    if (!saved || link?.pathname !== saved) return;
    saved = "";
    link.focus({ preventScroll: true });
  }

  #back(event) {
    if (!this.#before) return;
    event.preventDefault();
    event.stopPropagation();
    this.innerHTML = this.#before;
    globalThis.htmx?.process(this);
    this.querySelector("a")?.focus();
  }
});
