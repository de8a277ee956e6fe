/* Reads out, politely, what somebody dispatches as "say" with the words in its detail. The region stands in every page from the
   beginning: what comes with its own is often not heard. It is emptied first, so that the same words are heard twice. */
const PAUSE = 100;
let waiting;
document.addEventListener("say", (event) => {
  const live = document.getElementById("live");
  if (!live || !event.detail) return;
  clearTimeout(waiting);
  live.textContent = "";
  waiting = setTimeout(() => { live.textContent = event.detail; }, PAUSE);
});
