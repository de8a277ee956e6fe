/* Keeps what is being typed: on the server where data-url is given, in this browser when that fails. */
customElements.define("x-autosave", class extends HTMLElement {
  #timer;

  connectedCallback() {
    this.addEventListener("input", () => this.#later());
    this.form?.addEventListener("submit", () => this.#forget());
    queueMicrotask(() => this.#recover());
  }

  disconnectedCallback() { clearTimeout(this.#timer); }

  get form() { return this.closest("form"); }
  get area() { return this.querySelector("textarea"); }
  get key() { return `draft:${location.pathname}:${this.area.name}`; }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), 1000);
  }

  async #save() {
    localStorage.setItem(this.key, this.area.value);
    if (!this.dataset.url) return this.#say(this.dataset.saved);
    try {
      const body = new FormData(this.form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      const answer = await fetch(this.dataset.url, { method: "POST", body });
      if (!answer.ok) throw new Error(answer.status);
      this.#say(this.dataset.saved);
    } catch {
      this.#say(this.dataset.failed);
    }
  }

  #recover() {
    const kept = localStorage.getItem(this.key);
    if (kept && this.area && !this.area.value) {
      this.area.value = kept;
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  #forget() {
    clearTimeout(this.#timer);
    localStorage.removeItem(this.key);
  }

  #say(words) {
    const place = this.querySelector("[role=status]");
    if (place) place.textContent = words ?? "";
  }
});
