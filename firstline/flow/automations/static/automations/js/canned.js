/* Finds a canned reply and puts it where one is writing: by its button, or by a slash at the beginning of a line.
   Arrows move through what was found, Enter takes it. Without this script the same forms add it to the draft. */
customElements.define("x-canned", class extends HTMLElement {
  #writing = null;

  connectedCallback() {
    this.#writing = document.querySelector(this.dataset.into);
    this.addEventListener("submit", (event) => this.#take(event), true);
    this.addEventListener("keydown", (event) => this.#move(event));
    this.#dialog?.addEventListener("toggle", () => { if (this.#dialog.open) this.#ask(); });
    this.#writing?.addEventListener("input", (event) => this.#slash(event));
  }

  get #dialog() { return document.getElementById(this.dataset.dialog); }
  get #asked() { return this.querySelector("input[name=q]"); }
  get #buttons() { return [...this.querySelectorAll("form button")]; }

  #ask() {
    this.#asked.value = "";
    this.#asked.focus();
    this.#asked.dispatchEvent(new Event("find"));
  }

  #slash(event) {
    if (event.data !== "/" || this.#dialog.open) return;
    const before = this.#writing.value.slice(0, this.#writing.selectionStart);
    if (before.slice(before.lastIndexOf("\n") + 1) === "/") this.#dialog.showModal();
  }

  #move(event) {
    if (event.key === "Enter" && event.target === this.#asked) {
      event.preventDefault();
      this.#buttons[0]?.click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [this.#asked, ...this.#buttons];
    event.preventDefault();
    stops[Math.max(0, Math.min(stops.length - 1, stops.indexOf(document.activeElement) + step))]?.focus();
  }

  async #take(event) {
    const form = event.target;
    event.preventDefault();
    event.stopPropagation();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/plain" } });
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/plain")) { location.reload(); return; }
    this.#put(await answer.text());
    this.#dialog.close();
    this.#writing.focus();
  }

  #put(text) {
    const place = this.#writing;
    const at = place.selectionStart;
    const hasSlash = /(^|\n)\/$/.test(place.value.slice(0, at));
    place.setRangeText(text, hasSlash ? at - 1 : at, place.selectionEnd, "end");
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
