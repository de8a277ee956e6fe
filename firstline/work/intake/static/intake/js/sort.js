/* Questions of the builder may be dragged to another place; the arrows beside each do the same. */
document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest("[data-grip]")?.closest("[data-key]");
  if (item) item.draggable = true;
});
document.addEventListener("dragstart", (event) => {
  const item = event.target.closest?.("[data-sort] > [data-key]");
  if (!item) return;
  event.stopPropagation();
  item.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", item.dataset.key);
});
document.addEventListener("dragover", (event) => {
  const over = target(event);
  for (const each of document.querySelectorAll("[data-over]")) if (each !== over) delete each.dataset.over;
  if (!over) return;
  event.preventDefault();
  over.dataset.over = "";
});
document.addEventListener("drop", (event) => {
  const over = target(event), dragged = document.querySelector("[data-dragged]");
  if (!over || !dragged) return;
  event.preventDefault();
  const form = dragged.querySelector(".builder__tools form");
  const to = Number(over.dataset.place), from = Number(dragged.dataset.place);
  form.elements.to.value = String(from < to ? to - 1 : to);
  form.requestSubmit();
});
document.addEventListener("dragend", () => {
  for (const each of document.querySelectorAll("[data-dragged], [data-over]")) {
    delete each.dataset.dragged;
    delete each.dataset.over;
    each.draggable = false;
  }
});

function target(event) {
  const dragged = document.querySelector("[data-dragged]"), over = event.target.closest?.("[data-sort] > [data-key]");
  return dragged && over && over !== dragged && over.parentElement === dragged.parentElement ? over : null;
}
