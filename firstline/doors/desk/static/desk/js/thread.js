/* A conversation with its reply box: begins at the newest end, and says so when somebody writes while one does.
   It follows what comes only for a reader who stands at the end: whoever reads further up stays where they are. */
const NEAR = 160;
customElements.define("x-thread", class extends HTMLElement {
  #isAtEnd = true;

  connectedCallback() {
    this.addEventListener("refreshing", () => { this.#isAtEnd = (this.#newest?.getBoundingClientRect().bottom ?? 0) < innerHeight + NEAR; });
    this.addEventListener("refreshed", () => this.#look());
    if (!location.hash) queueMicrotask(() => this.#newest?.scrollIntoView({ block: "end" }));
  }

  get #newest() { return [...this.querySelectorAll(".timeline > *")].at(-1); }
  get #seen() { return this.querySelector("input[name=seen]"); }

  #look() {
    const seen = this.#seen;
    const arrived = [...this.querySelectorAll(".message[id]")].filter((each) => Number(each.id.split("-")[1]) > Number(seen?.value || 0));
    if (!seen || !arrived.length) return;
    const newest = arrived.at(-1);
    const isWriting = this.querySelector(".composer textarea").value.trim() !== "";
    const theirs = arrived.filter((each) => each.querySelector(".message__author")?.textContent !== this.dataset.me).at(-1);
    seen.value = newest.id.split("-")[1];
    if (isWriting && theirs) this.#warn(theirs);
    else if (this.#isAtEnd) newest.scrollIntoView({ block: "end" });
  }

  #warn(message) {
    const place = this.querySelector(".reply-box__arrived");
    const link = Object.assign(document.createElement("a"), { href: `#${message.id}` });
    link.textContent = this.dataset.arrived.replace("{}", message.querySelector(".message__author").textContent);
    place.replaceChildren(link);
    place.hidden = false;
  }
});
