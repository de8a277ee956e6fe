/* Warns before a page with unsent words is left. */
const changed = new Set();
customElements.define("x-unsaved", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => changed.add(this));
    this.addEventListener("submit", () => changed.delete(this));
  }

  disconnectedCallback() { changed.delete(this); }
});
addEventListener("beforeunload", (event) => changed.size && event.preventDefault());
