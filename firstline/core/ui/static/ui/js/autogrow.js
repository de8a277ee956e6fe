/* Grows a textarea with its text where the browser cannot do so by itself (field-sizing). */
customElements.define("x-autogrow", class extends HTMLElement {
  connectedCallback() {
    if (CSS.supports("field-sizing", "content")) return;
    for (const word of ["input", "grown"]) this.addEventListener(word, () => this.#fit());
    queueMicrotask(() => this.#fit());
  }

  #fit() {
    const area = this.querySelector("textarea");
    if (!area) return;
    area.rows = Math.min(24, Math.max(Number(area.getAttribute("rows")) || 3, area.value.split("\n").length + 1));
  }
});
