/* Opens and closes dialogs where the browser does not know command/commandfor yet; opens those marked data-open. */
if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (!dialog) return;
    if (button.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  });
}
const openMarked = (root) => root.querySelectorAll?.("dialog[data-open]:not([open])").forEach((dialog) => dialog.showModal());
document.addEventListener("DOMContentLoaded", () => openMarked(document));
document.addEventListener("htmx:after:settle", () => openMarked(document));
customElements.define("x-dialog", class extends HTMLElement {});
