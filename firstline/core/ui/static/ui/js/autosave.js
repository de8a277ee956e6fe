/* Keeps what is being typed: on the server where data-url is given, in this browser when that fails.
   In a form with kinds (reply, note) each kind has a text of its own: choosing another kind changes the text. */
customElements.define("x-autosave", class extends HTMLElement {
  #timer;
  #kind;
  #texts = {};

  connectedCallback() {
    this.#kind = this.kind;
    this.#texts = JSON.parse(this.dataset.texts ?? "{}");
    this.addEventListener("input", () => this.#later());
    this.form?.addEventListener("submit", () => this.#forget());
    this.form?.addEventListener("change", (event) => event.target.name === "kind" && this.#turn());
    queueMicrotask(() => this.#recover());
  }

  disconnectedCallback() { clearTimeout(this.#timer); }

  get form() { return this.closest("form"); }
  get area() { return this.querySelector("textarea"); }
  get kind() { return this.form?.elements.kind?.value ?? ""; }
  get key() { return `draft:${location.pathname}:${this.area.name}:${this.#kind}`; }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), 1000);
  }

  async #save() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    localStorage.setItem(this.key, this.area.value);
    if (!this.dataset.url) return this.#say(this.dataset.saved);
    try {
      const body = new FormData(this.form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      if (this.#kind) body.set("kind", this.#kind);
      const answer = await fetch(this.dataset.url, { method: "POST", body });
      if (!answer.ok) throw new Error(answer.status);
      this.#say(this.dataset.saved);
    } catch {
      this.#say(this.dataset.failed);
    }
  }

  #turn() {
    if (this.kind === this.#kind) return;
    if (this.#timer) this.#save();
    this.#texts[this.#kind] = this.area.value;
    this.#kind = this.kind;
    this.#put(this.#texts[this.#kind] ?? localStorage.getItem(this.key) ?? "");
    this.#say("");
  }

  #recover() {
    const kept = localStorage.getItem(this.key);
    if (kept && this.area && !this.area.value) this.#put(kept);
  }

  #put(text) {
    this.area.value = text;
    this.area.dispatchEvent(new Event("grown", { bubbles: true }));
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
