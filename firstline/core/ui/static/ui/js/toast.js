/* Says what happened and goes away; while pointed at or focused, it stays. The way back shows its seconds.
   A trouble that comes later says itself, at once (role=alert); all else is said politely. */
const isLater = () => document.readyState === "complete";
customElements.define("x-toast", class extends HTMLElement {
  #left;
  #timer;

  connectedCallback() {
    this.#left = Number(this.dataset.seconds ?? 8);
    this.addEventListener("click", (event) => event.target.closest(".toast__close") && this.remove());
    this.#show();
    if (!(isLater() && this.matches("[role=alert]"))) this.#say();
    if (this.dataset.tone !== "error" && this.#left > 0) this.#timer = setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() { clearInterval(this.#timer); }

  #say() {
    document.dispatchEvent(new CustomEvent("say", { detail: this.querySelector(".toast__message")?.textContent }));
  }

  #tick() {
    if (this.matches(":hover, :focus-within")) return;
    this.#left -= 1;
    if (this.#left <= 0) return this.remove();
    this.#show();
  }

  #show() {
    const count = this.querySelector(".toast__count");
    if (count) count.textContent = this.#left;
  }
});
