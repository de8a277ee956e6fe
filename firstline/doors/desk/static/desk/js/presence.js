/* Tells the others that this page is open, and whether somebody writes in it. */
const EVERY = 20000;
customElements.define("x-presence", class extends HTMLElement {
  #state = "viewing";
  #timer;
  #quiet;
  #typed = (event) => event.target.matches?.(".composer textarea") && this.#write();
  #seen = () => this.#tell(document.hidden ? "left" : this.#state);
  #gone = () => this.#tell("left");

  connectedCallback() {
    this.#tell(this.#state);
    this.#timer = setInterval(() => document.hidden || this.#tell(this.#state), EVERY);
    document.addEventListener("input", this.#typed);
    document.addEventListener("visibilitychange", this.#seen);
    addEventListener("pagehide", this.#gone);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    clearTimeout(this.#quiet);
    document.removeEventListener("input", this.#typed);
    document.removeEventListener("visibilitychange", this.#seen);
    removeEventListener("pagehide", this.#gone);
  }

  #write() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#become("viewing"), EVERY);
    this.#become("writing");
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell(state);
  }

  #tell(state) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token) return;
    const body = new URLSearchParams({ topic: this.dataset.topic, state, csrfmiddlewaretoken: token });
    fetch(this.dataset.url, { method: "POST", body, keepalive: true }).catch(() => {});
  }
});
