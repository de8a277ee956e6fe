/* Keeps "5 min ago" and "2 h left" true, in every <time data-form> and in the rows of a queue. One clock for the page, not one each. */
const TIMES = "time:is([data-form], .row__age, .row__due)";
const [MINUTE, HOUR, DAY] = [60, 3600, 86400];

const due = (seconds) => {
  const units = document.documentElement.dataset;
  const late = Math.abs(seconds);
  if (late < MINUTE) return units.unitNow;
  if (late >= DAY) return "";
  const [hours, minutes] = [Math.floor(late / HOUR), Math.floor((late % HOUR) / MINUTE)];
  const span = hours ? `${hours} ${units.unitH}${hours < 3 && minutes ? ` ${minutes} ${units.unitMin}` : ""}` : `${minutes} ${units.unitMin}`;
  return (seconds > 0 ? units.unitLeft : units.unitLate).replace("{}", span);
};

const ago = (seconds) => {
  if (Math.abs(seconds) < MINUTE || Math.abs(seconds) > 30 * DAY) return "";
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short", numeric: "always" });
  const [size, unit] = Math.abs(seconds) < HOUR ? [MINUTE, "minute"] : Math.abs(seconds) < DAY ? [HOUR, "hour"] : [DAY, "day"];
  return format.format(Math.trunc(seconds / size), unit);
};

const refresh = (time) => {
  const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
  const isDue = time.dataset.form === "due" || time.matches(".row__due");
  const words = isDue ? due(seconds) : ago(seconds);
  if (words && time.textContent !== words) time.textContent = words;
  if (isDue && seconds < 0) time.closest("[data-time=left], [data-time=soon]")?.setAttribute("data-time", "late");
};

setInterval(() => document.querySelectorAll(TIMES).forEach(refresh), 30000);

/* A list does not write fifty exact times that nobody may ever ask for. */
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest?.(`${TIMES}:not([title])`);
  if (time) time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
});
