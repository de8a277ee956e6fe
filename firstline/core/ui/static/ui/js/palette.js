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
      location.assign(this.active.dataset.href);
    });
    this.list.addEventListener("click", (event) => {
      const chosen = event.target.closest("[role=option]");
      if (!chosen) return;
      if (event.ctrlKey || event.metaKey) open(chosen.dataset.href);
      else location.assign(chosen.dataset.href);
    });
    addEventListener("hashchange", () => this.dialog.close());
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
      if (answer.redirected) return location.assign(answer.url);
      if (!answer.ok) return;
      this.list.innerHTML = await answer.text();
      this.options.forEach((option, at) => this.#unlink(option, at));
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

  /* An option is one thing to choose; the link in it, good for a page without script, would be a second. */
  #unlink(option, at) {
    const link = option.querySelector("a");
    option.id ||= `palette-option-${at}`;
    if (!link) return;
    option.dataset.href = link.href;
    link.replaceWith(...link.childNodes);
  }

  #point(option) {
    this.options.forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
});
