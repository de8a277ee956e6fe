/* Stays true while others work: when the stream at data-stream says "changed", it fetches data-url again and morphs itself.
   data-event names another word to listen to; data-say is read out when that happens; data-paused holds it still. Elements with the same stream share one connection,
   and a hidden page lets go of it: browsers allow six to a host, all tabs together. */
const connections = new Map();

class Connection {
  #source;
  #wasLost = false;
  elements = new Set();

  constructor(url) { this.url = url; }

  open() {
    if (this.#source || document.hidden) return;
    this.#source = new EventSource(this.url);
    for (const word of ["changed", "presence"]) this.#source.addEventListener(word, () => this.tell(word));
    this.#source.addEventListener("error", () => { this.#wasLost = true; });
    this.#source.addEventListener("open", () => {
      if (this.#wasLost) this.tell();
      this.#wasLost = false;
    });
  }

  /* What happens from here on is not heard; whoever opens again has to ask. */
  close() {
    if (this.#source) this.#wasLost = true;
    this.#source?.close();
    this.#source = undefined;
  }

  tell(word) { this.elements.forEach((element) => (!word || word === (element.dataset.event ?? "changed")) && element.soon()); }
}

document.addEventListener("visibilitychange", () => connections.forEach((each) => (document.hidden ? each.close() : each.open())));
addEventListener("pagehide", () => connections.forEach((each) => each.close()));
addEventListener("pageshow", () => connections.forEach((each) => each.open()));

customElements.define("x-live", class extends HTMLElement {
  static observedAttributes = ["data-paused"];
  #waiting;
  #isStale = false;

  connectedCallback() {
    const url = this.dataset.stream;
    if (!url) return;
    if (!connections.has(url)) connections.set(url, new Connection(url));
    connections.get(url).elements.add(this);
    connections.get(url).open();
  }

  disconnectedCallback() {
    clearTimeout(this.#waiting);
    const connection = connections.get(this.dataset.stream);
    connection?.elements.delete(this);
    if (connection?.elements.size === 0) {
      connection.close();
      connections.delete(connection.url);
    }
  }

  attributeChangedCallback() { if (this.#isStale) this.soon(); }

  /* Several changes in a breath are one. */
  soon() {
    this.#isStale = true;
    if ("paused" in this.dataset) return;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#refresh(), 150);
  }

  async #refresh() {
    this.#isStale = false;
    await globalThis.htmx.ajax("GET", this.dataset.url ?? location.href, { target: this, swap: "innerMorph" });
    const live = document.getElementById("live");
    if (this.dataset.say && live) live.textContent = this.dataset.say;
    this.dispatchEvent(new Event("refreshed", { bubbles: true }));
  }
});
