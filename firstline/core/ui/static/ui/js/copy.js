/* Copies data-value and says so on its button. */
customElements.define("x-copy", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.dataset.value);
      const button = this.querySelector("button");
      const name = button.getAttribute("aria-label");
      button.setAttribute("aria-label", this.dataset.done);
      button.setAttribute("aria-pressed", "true");
      document.getElementById("live").textContent = this.dataset.done;
      setTimeout(() => {
        button.setAttribute("aria-label", name);
        button.removeAttribute("aria-pressed");
      }, 1500);
    });
  }
});
