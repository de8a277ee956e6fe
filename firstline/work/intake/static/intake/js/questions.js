/* Shows the questions that the answers before them ask for, keeps what is typed on the server, and says so. The same
   conditions as in engine/rules.py, read from plain JSON; the server decides, whatever is shown here. */
{
  /* What the server would keep of it, near enough to decide what is shown. */
  function plain(type, raw) {
    if (raw === null || raw === undefined || raw === "" || raw.length === 0) return undefined;
    if (type === "number" || type === "money") {
      const number = Number(String(raw).replace(/[\s\u00a0]/g, "").replace(",", "."));
      return Number.isFinite(number) ? number : undefined;
    }
    if (type === "yesno") return raw === true || raw === "yes";
    return raw;
  }

  function holds(rule, answers) {
    if (!rule) return true;
    if (rule.all) return rule.all.every((part) => holds(part, answers));
    if (rule.any) return rule.any.some((part) => holds(part, answers));
    if (rule.not) return !holds(rule.not, answers);
    const values = seen(rule.kind, answers[rule.answer]);
    if (rule.missing) return values.length === 0;
    return values.some((value) => fits(rule, value));
  }

  function fits(rule, value) {
    if (rule.one_of) return rule.one_of.includes(value);
    if (rule.contains) return rule.contains.some((needle) => value.includes(needle));
    if (rule.starts) return rule.starts.some((needle) => value.startsWith(needle));
    if (rule.between) return rule.between.some(([low, lowIn, high, highIn]) =>
      (low === null || (lowIn ? value >= low : value > low)) && (high === null || (highIn ? value <= high : value < high)));
    return true;
  }

  function seen(kind, value) {
    if (Array.isArray(value)) return kind === "choice" ? value.filter((each) => typeof each === "string" && each) : [];
    if (kind === "boolean") return typeof value === "boolean" ? [value] : [];
    if (kind === "number") return typeof value === "number" ? [value] : [];
    if (typeof value !== "string") return [];
    const found = kind === "text" ? folded(value) : value;
    return found ? [found] : [];
  }

  const LETTERS = { ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss", ø: "o", æ: "ae", œ: "oe", ı: "i" };

  /* As core/text folds, for the letters people type: no accents, no case, single spaces. */
  function folded(text) {
    return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[łđðþßøæœı]/g, (letter) => LETTERS[letter])
      .normalize("NFC").trim().split(/\s+/u).join(" ");
  }

  customElements.define("x-questions", class extends HTMLElement {
    static holds = holds; // for the test that compares it with the server's

    #rules = [];
    #elsewhere = {};
    #timer;
    #last = "";

    static observedAttributes = ["data-rules"];

    attributeChangedCallback() {
      this.#rules = JSON.parse(this.dataset.rules || "[]");
      if (this.isConnected) queueMicrotask(() => this.#show());
    }

    connectedCallback() {
      this.#elsewhere = JSON.parse(this.dataset.answers ?? "{}");
      this.addEventListener("input", (event) => this.#changed(event));
      this.addEventListener("change", (event) => this.#changed(event));
      this.form?.addEventListener("submit", () => clearTimeout(this.#timer));
      queueMicrotask(() => this.#show());
    }

    disconnectedCallback() { clearTimeout(this.#timer); }

    get form() { return this.closest("form"); }

    #changed(event) {
      this.#last = (event.target.name ?? "").replace(/^file:/, "").split(".")[0] || this.#last;
      this.#show();
      if (!this.dataset.url || event.target.type === "file") return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#keep(), 900);
    }

    async #keep() {
      const body = new FormData(this.form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      body.set("last", this.#last);
      try {
        const answer = await fetch(this.dataset.url, { method: "POST", body });
        if (!answer.ok) throw new Error(answer.status);
        this.#say(this.dataset.saved);
      } catch {
        this.#say(this.dataset.failed);
      }
    }

    #say(words) {
      const place = this.form.querySelector("[data-kept]");
      if (place) place.textContent = words ?? "";
    }

    #show() {
      const typed = new FormData(this.form);
      const answers = {};
      let page = true, section = true;
      const seen = [];
      for (const each of this.#rules) {
        const held = holds(each.show, answers);
        let shown = page && section && held;
        if (each.type === "page") { page = shown = held; section = true; }
        else if (each.type === "section") { section = held; shown = page && held; }
        this.#toggle(each.key, shown);
        if (!shown) continue;
        seen.push(each.key);
        if (each.type === "table") this.#rows(each, answers, typed);
        else {
          const value = this.#value(each, each.key, typed);
          if (value !== undefined) answers[each.key] = value;
          this.#demand(each.key, each, answers);
        }
      }
      const kept = this.form.elements.seen;
      if (kept) kept.value = seen.join(" ");
    }

    #rows(table, answers, typed) {
      const places = new Set([...this.querySelectorAll(`[data-row^="${table.key}."]`)].map((row) => row.dataset.row.split(".")[1]));
      for (const place of places) {
        const scope = { ...answers };
        for (const each of table.rows) {
          const path = `${table.key}.${place}.${each.key}`;
          const shown = holds(each.show, scope);
          this.#toggle(path, shown);
          const value = shown ? this.#value(each, path, typed) : undefined;
          delete scope[each.key];
          if (value !== undefined) scope[each.key] = value;
          if (shown) this.#demand(path, each, scope);
        }
      }
    }

    #toggle(path, shown) {
      const place = this.querySelector(`[data-question="${CSS.escape(path)}"]`);
      if (place) place.hidden = !shown;
    }

    #demand(path, each, answers) {
      if (!each.require) return;
      const must = holds(each.require, answers);
      for (const field of this.querySelectorAll(`[name="${CSS.escape(path)}"]`)) field.toggleAttribute("required", must);
    }

    #value(each, path, typed) {
      if (!this.querySelector(`[name="${CSS.escape(path)}"]`)) return plain(each.type, this.#elsewhere[path]);
      if (each.type === "choices") return plain(each.type, typed.getAll(path).filter(Boolean));
      return plain(each.type, typed.get(path));
    }
  });
}
