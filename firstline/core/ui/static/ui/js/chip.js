/* A chosen thing that leaves at once; the next chip, or the field, takes the focus. */
customElements.define("x-chip", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => event.target.closest("button") && this.#leave(event));
    this.addEventListener("keydown", (event) => /^(Delete|Backspace)$/.test(event.key) && this.#leave(event));
  }

  #leave(event) {
    event.preventDefault();
    const item = this.closest("li") ?? this;
    const list = item.parentElement;
    const neighbour = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    (neighbour?.querySelector("button") ?? list.parentElement.querySelector("input:not([type=hidden])"))?.focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
