/* Folds the navigation to icons and back; a cookie remembers, so that the next page is drawn right at once. */
customElements.define("x-rail", class extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", (event) => {
      const wide = document.documentElement.dataset.rail !== "wide";
      document.documentElement.dataset.rail = wide ? "wide" : "narrow";
      event.currentTarget.setAttribute("aria-pressed", String(wide));
      document.cookie = `rail=${wide ? "wide" : "narrow"}; path=/; max-age=34560000; samesite=lax`;
    });
  }
});
