/* The list one came from, beside the ticket. The queue leaves its address in this tab; the ticket fetches it again.
   It also knows who comes next: after something is resolved, the page goes there. */
const PLACE = "queue";
const remember = () => {
  const place = document.querySelector("[data-place]")?.dataset.place;
  if (place !== undefined) sessionStorage.setItem(PLACE, place);
};
document.addEventListener("DOMContentLoaded", remember);
addEventListener("pageshow", remember);

customElements.define("x-beside", class extends HTMLElement {
  connectedCallback() {
    const query = new URLSearchParams(sessionStorage.getItem(PLACE) ?? "");
    query.set("current", this.dataset.current);
    this.dataset.url = `${this.dataset.from}?${query}`;
    this.#fetch();
  }

  async #fetch() {
    await globalThis.htmx.ajax("GET", this.dataset.url, { target: this, swap: "innerHTML" });
    this.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
    const next = this.querySelector("[data-next]")?.dataset.next;
    for (const field of document.querySelectorAll("input[name=next]")) field.value = next ?? "";
  }
});
