/* A list or a table one can walk: J and K (or arrows) move, Enter opens, X selects, Shift selects a range. Counts for the bulk bar. */
customElements.define("x-rows", class extends HTMLElement {
  #last;
  #listen = (event) => this.#key(event);

  connectedCallback() {
    document.addEventListener("keydown", this.#listen);
    this.addEventListener("click", (event) => event.target.matches("input[type=checkbox]") && this.#range(event));
    this.addEventListener("change", () => this.#count());
    this.form.addEventListener("click", (event) => event.target.closest("[data-clear]") && this.#clear());
    this.addEventListener("htmx:after:settle", () => this.#count());
    queueMicrotask(() => this.#count());
  }

  disconnectedCallback() { document.removeEventListener("keydown", this.#listen); }

  get form() { return this.closest("form") ?? this; }
  get rows() { return [...this.querySelectorAll(".row, tbody > tr")]; }
  get boxes() { return [...this.querySelectorAll(":is(.row > label, tbody > tr) input[type=checkbox]")]; }
  get active() { return this.querySelector(".row--active"); }

  #key(event) {
    const isElsewhere = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, details, [contenteditable]");
    if (event.defaultPrevented || isElsewhere || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const plain = (localStorage.getItem("hotkeys") ?? document.documentElement.dataset.shortcuts) !== "off";
    const isInside = this.contains(event.target);
    const step = { ArrowDown: isInside ? 1 : 0, ArrowUp: isInside ? -1 : 0, j: plain ? 1 : 0, k: plain ? -1 : 0 }[event.key];
    if (step) this.#move(step, event);
    else if (event.key === "x" && plain && this.active) this.#toggle(this.active, event);
    else if (event.key === "Escape" && this.boxes.some((box) => box.checked)) this.#clear();
  }

  #move(step, event) {
    event.preventDefault();
    const { rows } = this;
    const from = this.active ?? document.activeElement.closest(".row, tbody > tr");
    const at = Math.min(rows.length - 1, Math.max(0, rows.indexOf(from) + (from ? step : step > 0 ? 1 : 0)));
    this.#point(rows[at]);
    if (event.shiftKey) this.#toggle(rows[at], event, true);
  }

  #point(row) {
    this.active?.classList.remove("row--active");
    row?.classList.add("row--active");
    row?.querySelector(".row__link, th a")?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  #toggle(row, event, on) {
    event.preventDefault();
    const box = row.querySelector("input[type=checkbox]");
    if (!box) return;
    box.checked = on ?? !box.checked;
    this.#count();
  }

  #range(event) {
    const at = this.boxes.indexOf(event.target);
    if (event.shiftKey && this.#last !== undefined) {
      const [from, to] = [at, this.#last].sort((a, b) => a - b);
      this.boxes.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
    }
    this.#last = at;
    this.#count();
  }

  #clear() {
    this.boxes.forEach((box) => { box.checked = false; });
    this.#count();
  }

  #count() {
    const bar = this.form.querySelector("[data-bulk-bar]");
    if (!bar) return;
    const chosen = this.boxes.filter((box) => box.checked).length;
    bar.toggleAttribute("data-active", chosen > 0);
    bar.querySelector(".bulk-bar__count").textContent = chosen ? (this.dataset.count ?? "{n}").replace("{n}", chosen) : "";
  }
});
