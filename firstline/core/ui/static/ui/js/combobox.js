/* Suggestions from a URL while typing. The answer is <li role="option" data-value="…">words</li>s.
   data-many: several, with commas between; what is typed after the last comma is asked for.
   Follows the ARIA pattern "editable combobox with list"; the field works alone without it. */
customElements.define("x-combobox", class extends HTMLElement {
  #timer;
  #asked;

  connectedCallback() {
    if (!this.dataset.source || this.list) return;
    this.#build();
    this.field.addEventListener("input", () => this.#later());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.#choose(event.target.closest("[role=option]"));
    });
  }

  get field() { return this.querySelector("input"); }
  get list() { return this.querySelector("[role=listbox]"); }
  get options() { return [...this.list.querySelectorAll("[role=option]")]; }
  get active() { return this.list.querySelector("[aria-selected=true]"); }

  #build() {
    const { field } = this;
    const id = `${field.id || field.name}-options`;
    const label = field.labels?.[0]?.textContent ?? field.getAttribute("aria-label") ?? "";
    this.insertAdjacentHTML("beforeend", `<ul class="combobox__list" role="listbox" id="${id}" hidden></ul><span class="visually-hidden" role="status"></span>`);
    this.list.setAttribute("aria-label", label);
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) field.setAttribute(name, value);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), 180);
  }

  async #ask() {
    const words = this.#parts().at(-1);
    if (words.length < 2) return this.#close();
    this.#asked?.abort();
    this.#asked = new AbortController();
    const url = new URL(this.dataset.source, location);
    url.searchParams.set("q", words);
    try {
      const answer = await fetch(url, { signal: this.#asked.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return this.#close();
      this.list.innerHTML = await answer.text();
      this.options.forEach((option, at) => { option.id ||= `${this.list.id}-${at}`; });
      this.#open();
    } catch { /* a newer question is on its way */ }
  }

  #parts() {
    return ("many" in this.dataset ? this.field.value.split(",") : [this.field.value]).map((part) => part.trim());
  }

  #open() {
    const count = this.options.length;
    this.list.hidden = !count;
    this.field.setAttribute("aria-expanded", String(count > 0));
    this.querySelector("[role=status]").textContent = count ? (this.dataset.count ?? "{n}").replace("{n}", count) : this.dataset.none ?? "";
  }

  #close() {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.key === "Escape" && !this.list.hidden) { event.stopPropagation(); this.#close(); }
    if (event.key === "Enter" && this.active && !this.list.hidden) { event.preventDefault(); this.#choose(this.active); }
    if (!/^Arrow(Up|Down)$/.test(event.key)) return;
    event.preventDefault();
    if (this.list.hidden) return this.#ask();
    const at = this.options.indexOf(this.active);
    const next = this.options.at((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1)) % this.options.length);
    this.options.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
    this.field.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  #choose(option) {
    if (!option) return;
    const chosen = option.dataset.value ?? option.textContent.trim();
    this.field.value = "many" in this.dataset ? [...this.#parts().slice(0, -1), chosen, ""].join(", ") : chosen;
    this.#close();
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
