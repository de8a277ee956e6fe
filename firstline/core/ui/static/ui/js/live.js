/* Stays true while others work: when the stream at data-stream says "changed", it fetches data-url again and morphs itself.
   data-say is read out when that happens. data-paused holds it still. */
customElements.define("x-live", class extends HTMLElement {
  #stream;
  #waiting;

  connectedCallback() {
    if (!this.dataset.stream) return;
    this.#stream = new EventSource(this.dataset.stream);
    this.#stream.addEventListener("changed", () => this.#soon());
    document.addEventListener("visibilitychange", this.#seen);
  }

  disconnectedCallback() {
    this.#stream?.close();
    clearTimeout(this.#waiting);
    document.removeEventListener("visibilitychange", this.#seen);
  }

  #seen = () => { if (!document.hidden && this.dataset.stale) this.#soon(); };

  /* Several changes in a breath are one; a hidden page waits until somebody looks. */
  #soon() {
    this.dataset.stale = "true";
    if ("paused" in this.dataset || document.hidden) return;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#refresh(), 150);
  }

  async #refresh() {
    delete this.dataset.stale;
    await globalThis.htmx.ajax("GET", this.dataset.url ?? location.href, { target: this, swap: "innerMorph" });
    if (this.dataset.say) document.getElementById("live").textContent = this.dataset.say;
    this.dispatchEvent(new Event("refreshed", { bubbles: true }));
  }
});
