/* A value that turns into a small form where it stands. Esc gives up and brings the value back. */
customElements.define("x-edit", class extends HTMLElement {
  #before;

  connectedCallback() {
    this.addEventListener("htmx:before:request", (event) => {
      if (event.target.closest(".property__edit")) this.#before = this.innerHTML;
    });
    this.addEventListener("htmx:after:settle", () => this.querySelector("form :is(input:not([type=hidden]), select, textarea)")?.focus());
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.querySelector("form") && this.#back(event));
    this.addEventListener("click", (event) => event.target.closest("[data-cancel]") && this.#back(event));
    this.addEventListener("change", (event) => event.target.matches("select") && event.target.form?.requestSubmit());
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
