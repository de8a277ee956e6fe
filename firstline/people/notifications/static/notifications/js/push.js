/* The switch for notices on this device: asks the browser, tells the server. data-key is the server's public key, data-url where devices are
   kept; the three words say how it stands. Without a service worker (plain HTTP, an old browser) it says so and offers nothing. */
customElements.define("x-push", class extends HTMLElement {
  #button = null;

  async connectedCallback() {
    this.#button = this.querySelector("button");
    if (!("serviceWorker" in navigator) || !("PushManager" in globalThis)) return this.#say("unsupported");
    this.#button.hidden = false;
    this.#button.addEventListener("click", () => this.#toggle());
    const registration = await navigator.serviceWorker.getRegistration("/");
    return this.#say(await registration?.pushManager.getSubscription() ? "on" : "off");
  }

  async #toggle() {
    this.#button.disabled = true;
    try {
      const registration = await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
      await navigator.serviceWorker.ready;
      const known = await registration.pushManager.getSubscription();
      if (known) await this.#turnOff(known); else await this.#turnOn(registration);
    } catch (error) {
      this.#say(Notification.permission === "denied" ? "denied" : "failed");
    }
    this.#button.disabled = false;
  }

  async #turnOn(registration) {
    if (await Notification.requestPermission() !== "granted") return this.#say("denied");
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.dataset.key });
    const answer = await this.#tell({ ...subscription.toJSON(), label: navigator.userAgentData?.platform ?? navigator.platform });
    if (!answer.ok) { await subscription.unsubscribe(); return this.#say("failed"); }
    return this.#say("on");
  }

  async #turnOff(subscription) {
    await this.#tell({ endpoint: subscription.endpoint, off: true });
    await subscription.unsubscribe();
    this.#say("off");
  }

  #tell(what) {
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}"), "Content-Type": "application/json" };
    return fetch(this.dataset.url, { method: "POST", headers, body: JSON.stringify(what) });
  }

  #say(state) {
    this.dataset.state = state;
    this.#button.setAttribute("aria-pressed", String(state === "on"));
    this.querySelectorAll("[data-when]").forEach((each) => { each.hidden = each.dataset.when !== state; });
  }
});
