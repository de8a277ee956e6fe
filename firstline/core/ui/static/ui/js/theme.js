/* Changes the theme at once; the form behind it does the same without script. */
customElements.define("x-theme", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      event.preventDefault();
      document.documentElement.dataset.theme = button.value;
      document.cookie = `theme=${button.value}; path=/; max-age=34560000; samesite=lax`;
      this.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    });
  }
});
