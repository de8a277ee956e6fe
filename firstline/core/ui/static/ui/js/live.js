/* Stays true while others work: when the stream at data-stream says "changed", it fetches data-url again and morphs itself.
   data-event names another word to listen to; data-say is read out when that happens; data-paused holds it still; data-load fetches once at
   the start. All elements of a page share one connection, which asks for all their topics; a hidden page lets go of it: browsers allow six to a
   host, all tabs together. */
const connections = new Map();
const pathOf = (url) => url.split("?")[0];
const topicsOf = (url) => (new URLSearchParams(url.split("?")[1]).get("topics") ?? "").split(",").filter(Boolean);

class Connection {
  #source;
  #asked = new Set();
  #wasLost = false;
  elements = new Set();

  constructor(path) { this.path = path; }

  /* Elements come one by one while the page is read: asked once they are all there. A new topic opens a new stream before the old one goes. */
  open() {
    if (document.hidden || !this.elements.size) return;
    const topics = new Set([...this.elements].flatMap((element) => topicsOf(element.dataset.stream)));
    if (this.#source && [...topics].every((topic) => this.#asked.has(topic))) return;
    const before = this.#source;
    this.#asked = topics;
    this.#source = new EventSource(topics.size ? `${this.path}?topics=${[...topics].join(",")}` : this.path);
    for (const word of ["changed", "presence"]) this.#source.addEventListener(word, (event) => this.tell(word, event.data?.split(" ")));
    this.#source.addEventListener("error", () => { this.#wasLost = true; });
    this.#source.addEventListener("open", () => {
      before?.close();
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

  tell(word, names) {
    this.elements.forEach((element) => {
      if (word && word !== (element.dataset.event ?? "changed")) return;
      const topics = topicsOf(element.dataset.stream);
      if (!names || !topics.length || topics.some((topic) => names.includes(topic))) element.soon();
    });
  }
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
    const path = pathOf(url);
    if (!connections.has(path)) connections.set(path, new Connection(path));
    connections.get(path).elements.add(this);
    queueMicrotask(() => connections.get(path)?.open());
    if ("load" in this.dataset) this.soon();
  }

  disconnectedCallback() {
    clearTimeout(this.#waiting);
    const connection = connections.get(pathOf(this.dataset.stream ?? ""));
    connection?.elements.delete(this);
    if (connection?.elements.size === 0) {
      connection.close();
      connections.delete(connection.path);
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
    this.dispatchEvent(new Event("refreshing", { bubbles: true }));
    await globalThis.htmx.ajax("GET", this.dataset.url ?? location.href, { target: this, swap: "innerMorph" });
    document.dispatchEvent(new CustomEvent("say", { detail: this.dataset.say }));
    this.dispatchEvent(new Event("refreshed", { bubbles: true }));
  }
});
