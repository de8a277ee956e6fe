/* Hides a side of the page and brings it back; a cookie remembers, so that the next page is drawn right at once. */
customElements.define("x-fold", class extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", (event) => {
      const button = event.currentTarget;
      const isFolded = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(isFolded));
      document.cookie = `fold_${this.dataset.pane}=${isFolded ? "1" : ""}; path=/; max-age=34560000; samesite=lax`;
    });
  }
});
