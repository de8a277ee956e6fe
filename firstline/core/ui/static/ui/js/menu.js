/* A <details> menu with arrow keys; it closes with Esc, with a click outside, and when the focus leaves. */
customElements.define("x-menu", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("focusout", (event) => event.relatedTarget && !this.contains(event.relatedTarget) && this.#close());
    document.addEventListener("click", this.#outside);
  }

  disconnectedCallback() { document.removeEventListener("click", this.#outside); }

  get details() { return this.querySelector("details"); }
  get items() { return [...this.querySelectorAll(".menu__list :is(a, button, select, input:not([type=hidden]))")]; }

  #outside = (event) => { if (!this.contains(event.target)) this.#close(); };

  #close() { if (this.details) this.details.open = false; }

  #key(event) {
    const { details, items } = this;
    if (event.key === "Escape" && details.open) {
      event.stopPropagation();
      this.#close();
      details.querySelector("summary").focus();
    }
    if (!/^(Arrow(Down|Up)|Home|End)$/.test(event.key) || event.target.matches("select")) return;
    event.preventDefault();
    details.open = true;
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key] % items.length;
    items.at(next)?.focus();
  }
});
