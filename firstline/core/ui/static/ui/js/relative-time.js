/* Keeps "5 min ago" and "2 h left" true. One clock for the page, not one each. */
const [MINUTE, HOUR, DAY] = [60, 3600, 86400];
const shown = new Set();
setInterval(() => shown.forEach((element) => element.refresh()), 30000);
customElements.define("x-relative-time", class extends HTMLElement {
  #born = Date.now();

  connectedCallback() { shown.add(this); }
  disconnectedCallback() { shown.delete(this); }

  refresh() {
    const time = this.querySelector("time");
    if (!time) return;
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    const words = this.dataset.form === "due" ? this.#due(seconds) : this.#ago(seconds);
    if (words && time.textContent !== words) time.textContent = words;
    if (this.dataset.form === "due" && seconds < 0) this.closest("[data-time=left], [data-time=soon]")?.setAttribute("data-time", "late");
  }

  #due(seconds) {
    const units = document.documentElement.dataset;
    const late = Math.abs(seconds);
    if (late < MINUTE) return units.unitNow;
    if (late >= DAY) return "";
    const [hours, minutes] = [Math.floor(late / HOUR), Math.floor((late % HOUR) / MINUTE)];
    const span = hours ? `${hours} ${units.unitH}${hours < 3 && minutes ? ` ${minutes} ${units.unitMin}` : ""}` : `${minutes} ${units.unitMin}`;
    return (seconds > 0 ? units.unitLeft : units.unitLate).replace("{}", span);
  }

  #ago(seconds) {
    if (Date.now() - this.#born < MINUTE * 1000 || Math.abs(seconds) < MINUTE || Math.abs(seconds) > 30 * DAY) return "";
    const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short", numeric: "always" });
    const [size, unit] = Math.abs(seconds) < HOUR ? [MINUTE, "minute"] : Math.abs(seconds) < DAY ? [HOUR, "hour"] : [DAY, "day"];
    return format.format(Math.trunc(seconds / size), unit);
  }
});
