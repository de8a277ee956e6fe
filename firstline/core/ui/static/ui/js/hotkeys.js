/* Whatever prints data-key can be reached by it: "r", "g q", "Ctrl+k". "?" lists them. Single letters can be turned off. */
const SEQUENCE_PAUSE = 800;
const REMEMBERED = "hotkeys";
customElements.define("x-hotkeys", class extends HTMLElement {
  #started = "";
  #timer;
  #listen = (event) => this.#key(event);

  connectedCallback() {
    document.addEventListener("keydown", this.#listen);
    this.querySelector("[data-enabled]").checked = this.#enabled;
    this.addEventListener("change", (event) => localStorage.setItem(REMEMBERED, event.target.checked ? "on" : "off"));
  }

  disconnectedCallback() { document.removeEventListener("keydown", this.#listen); }

  get #enabled() { return (localStorage.getItem(REMEMBERED) ?? document.documentElement.dataset.shortcuts) !== "off"; }
  get #dialog() { return this.querySelector("dialog"); }

  #key(event) {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const pressed = this.#name(event);
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const isTyping = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (isPlain && (isTyping || !this.#enabled)) return;
    if (document.querySelector("dialog[open]") && pressed !== "Ctrl+Enter") return;
    if (pressed === "?") return this.#show();
    const found = this.#find(`${this.#started} ${pressed}`.trim()) ?? this.#find(pressed);
    clearTimeout(this.#timer);
    if (found) {
      event.preventDefault();
      this.#started = "";
      return this.#use(found, event);
    }
    this.#started = isPlain && pressed.length === 1 ? pressed : "";
    this.#timer = setTimeout(() => { this.#started = ""; }, SEQUENCE_PAUSE);
  }

  #name(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey && event.key !== "?" ? "Shift+" : ""}${key}`;
  }

  #find(keys) {
    const near = keys === "Ctrl+Enter" && document.activeElement?.closest?.("form");
    return [...(near || document).querySelectorAll("[data-key]")]
      .find((element) => element.dataset.key === keys && !element.disabled && this.#isAtHand(element));
  }

  /* What waits in a closed menu is at hand, too: that is what its key is for. */
  #isAtHand(element) {
    const menu = element.closest("x-menu details:not([open])");
    return (menu ?? element).checkVisibility?.() ?? true;
  }

  #use(element) {
    if (element.matches("input[type=radio], input[type=checkbox]")) {
      element.click();
      element.closest("form")?.querySelector("textarea")?.focus();
    } else if (element.matches("input, textarea, select")) element.focus();
    else if (element.matches("summary")) { element.click(); element.focus(); }
    else element.click();
  }

  #show() {
    const list = this.querySelector("[data-list]");
    const words = (element) => element.getAttribute("aria-label") ?? element.closest("label")?.textContent ?? element.querySelector(".button__label:not([hidden]), .menu__label, .rail__label")?.textContent ?? [...element.childNodes].filter((node) => !node.classList?.contains("keys")).map((node) => node.textContent).join("");
    const rows = new Map(JSON.parse(list.dataset.more ?? "[]"));
    for (const element of document.querySelectorAll("[data-key]")) rows.set(element.dataset.key.replaceAll("+", " "), words(element).trim());
    list.replaceChildren(...[...rows].flatMap(([keys, text]) => {
      const [name, value] = [document.createElement("dt"), document.createElement("dd")];
      name.textContent = text;
      value.append(...keys.split(" ").map((key) => Object.assign(document.createElement("kbd"), { className: "key", textContent: key })));
      return [name, value];
    }));
    this.#dialog.showModal();
  }
});
