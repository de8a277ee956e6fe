/* Whoever follows a notice has read it: told to the server on the way out, so that the link stays an ordinary link. */
customElements.define("x-seen", class extends HTMLElement {
  connectedCallback() { this.addEventListener("click", this); this.addEventListener("auxclick", this); }

  handleEvent(event) {
    if ("done" in this.dataset || !event.target.closest("a")) return;
    const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}");
    fetch(this.dataset.url, { method: "POST", headers, keepalive: true, redirect: "manual" });
  }
});
