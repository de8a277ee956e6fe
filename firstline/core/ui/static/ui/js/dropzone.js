/* Files may be dropped here, or pasted; the button inside does the same. Shows what was chosen. */
customElements.define("x-dropzone", class extends HTMLElement {
  connectedCallback() {
    const over = (on) => (event) => {
      event.preventDefault();
      this.toggleAttribute("data-over", on);
    };
    this.addEventListener("dragover", over(true));
    this.addEventListener("dragleave", over(false));
    this.addEventListener("drop", (event) => {
      over(false)(event);
      this.#take(event.dataTransfer.files);
    });
    this.addEventListener("paste", (event) => event.clipboardData.files.length && this.#take(event.clipboardData.files));
    this.addEventListener("change", () => this.#show());
  }

  get field() { return this.querySelector("input[type=file]"); }

  #take(files) {
    const all = new DataTransfer();
    for (const file of [...(this.field.multiple ? this.field.files : []), ...files]) all.items.add(file);
    this.field.files = all.files;
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #show() {
    const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });
    this.querySelector("ul").replaceChildren(...[...this.field.files].map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} · ${size.format(Math.max(1, file.size / 1000))}`;
      return item;
    }));
  }
});
document.addEventListener("change", (event) => {
  const shown = event.target.type === "file" && event.target.closest(".composer")?.querySelector("[data-files]");
  if (shown) shown.textContent = [...event.target.files].map((file) => file.name).join(", ");
});
