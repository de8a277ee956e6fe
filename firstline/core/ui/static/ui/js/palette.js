/* Ctrl K: one line that finds tickets, people, pages and actions. The server searches; the arrows choose. */
customElements.define("x-palette", class extends HTMLElement {
  #timer;
  #asked;

  connectedCallback() {
    document.addEventListener("click", this.#trigger);
    this.field.addEventListener("input", () => this.#later());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.querySelector("form").addEventListener("submit", (event) => {
      if (!this.active) return;
      event.preventDefault();
      this.active.querySelector("a, button").click();
    });
  }

  disconnectedCallback() { document.removeEventListener("click", this.#trigger); }

  get dialog() { return this.querySelector("dialog"); }
  get field() { return this.querySelector("input"); }
  get list() { return this.querySelector("[role=listbox]"); }
  get options() { return [...this.list.querySelectorAll("[role=option]")]; }
  get active() { return this.list.querySelector("[aria-selected=true]"); }

  #trigger = (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.dialog.showModal();
    this.field.select();
    this.#ask();
  };

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), 120);
  }

  async #ask() {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const url = new URL(this.dataset.url, location);
    url.searchParams.set("q", this.field.value);
    try {
      const answer = await fetch(url, { signal: this.#asked.signal, headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
      if (!answer.ok) return;
      this.list.innerHTML = await answer.text();
      this.#point(this.options[0]);
      this.field.setAttribute("aria-expanded", String(this.options.length > 0));
      this.querySelector(".palette__count").textContent = this.dataset.count.replace("{n}", this.options.length);
    } catch { /* a newer question is on its way */ }
  }

  #key(event) {
    if (!/^Arrow(Up|Down)$/.test(event.key)) return;
    event.preventDefault();
    const { options } = this;
    this.#point(options.at((options.indexOf(this.active) + (event.key === "ArrowDown" ? 1 : -1)) % options.length));
  }

  #point(option) {
    this.options.forEach((each, at) => {
      each.id ||= `palette-option-${at}`;
      each.setAttribute("aria-selected", String(each === option));
      each.querySelector("a, button")?.setAttribute("tabindex", "-1");
    });
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
});
