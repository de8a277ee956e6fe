/* What no page may do, measured in the page itself. Each question answers with sentences; a good page has none. */
window.measure = (() => {
  const CONTROLS = "a[href], button, summary, input:not([type=hidden]), select, textarea, iframe, [tabindex='0']";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest(".visually-hidden, dialog:not([open])") && !element.matches(".skip-link");
  const name = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const style = (element, part) => getComputedStyle(element, part);

  /* Where one can hit it: its label counts, and so does a cover laid over its row. */
  const area = (element) => {
    const cover = style(element, "::after");
    const label = element.closest("label") ?? element.labels?.[0];
    const isOverAll = [cover.top, cover.right, cover.bottom, cover.left].every((side) => side === "0px");
    if (cover.content !== "none" && cover.position === "absolute" && isOverAll) return element.offsetParent.getBoundingClientRect();
    const own = element.getBoundingClientRect();
    const labels = label?.getBoundingClientRect();
    return labels && labels.width * labels.height > own.width * own.height ? labels : own;
  };
  /* WCAG 2.5.8 leaves links in running text alone. */
  const isInSentence = (element) => element.matches("a") && style(element).display === "inline"
    && [...element.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 1);

  const smallTargets = () => all(CONTROLS).filter((each) => isShown(each) && !isInSentence(each))
    .map((each) => [area(each), each])
    .filter(([box]) => box.width > 1 && (box.width < 23.9 || box.height < 23.9))
    .map(([box, each]) => `target ${Math.round(box.width)}×${Math.round(box.height)}: ${name(each)}`);

  const scrolls = (element) => {
    for (let each = element.parentElement; each; each = each.parentElement)
      if (["auto", "scroll", "hidden", "clip"].includes(style(each).overflowX)) return true;
    return false;
  };

  /* What sticks out of the page, and words that do not fit into their control or are cut off below. */
  const misfits = () => {
    const wide = document.documentElement.clientWidth;
    const whole = document.documentElement.scrollWidth;
    const out = all("body *").filter((each) => isShown(each) && !scrolls(each))
      .filter((each) => (({ left, right }) => right > wide + 1 || left < -1)(each.getBoundingClientRect()));
    const cut = all("button, .button, h1, h2, h3, label, p, dd, dt, .tabs__tab, nav a").filter((each) => isShown(each) && each.clientWidth > 1)
      .filter((each) => !["visible"].includes(style(each).overflowX) && style(each).textOverflow !== "ellipsis")
      .filter((each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 3);
    return [
      ...(whole > wide + 1 ? [`the page is ${whole} wide on ${wide}`] : []),
      ...out.slice(0, 4).map((each) => `sticks out: ${name(each)}`),
      ...cut.map((each) => `is cut: ${name(each)}`),
    ];
  };

  /* Reading in two directions: a box that scrolls sideways. Code, mails and rows of tabs may, and the picture of a
     flow, as WCAG 1.4.10 lets diagrams: the list below it says the same. */
  const sideways = () => all("body *")
    .filter((each) => isShown(each) && ["auto", "scroll"].includes(style(each).overflowX) && each.scrollWidth > each.clientWidth + 1)
    .filter((each) => !each.closest("pre, .message__html, .tabs, .flow-picture, iframe, textarea"))
    .map((each) => `scrolls sideways: ${name(each)}`);

  /* How much of a low window is taken by what never leaves it. */
  const crowding = () => {
    const stays = (element) => {
      for (let each = element; each && each !== document.body; each = each.parentElement)
        if (["fixed", "sticky"].includes(style(each).position)) return true;
      return false;
    };
    const x = innerWidth / 2;
    scrollTo(0, document.documentElement.scrollHeight / 3);
    const points = Array.from({ length: 32 }, (_, at) => document.elementFromPoint(x, (at + 0.5) * innerHeight / 32));
    const taken = points.filter((each) => each && stays(each)).length / 32;
    scrollTo(0, 0);
    return taken > 0.5 ? [`${Math.round(taken * 100)} % of a low window never scroll away`] : [];
  };

  /* WCAG 1.4.12: more air between lines, words and letters loses nothing. */
  const air = new CSSStyleSheet();
  air.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }");
  const withAir = (question) => {
    document.adoptedStyleSheets = [air];
    const found = question().map((each) => `with more air, ${each}`);
    document.adoptedStyleSheets = [];
    return found;
  };

  /* A state has its colour wherever it is drawn. */
  const colourless = () => all("svg[data-state]").filter((each) => isShown(each) && style(each).color === style(each.parentElement).color)
    .map((each) => `a state without its colour: ${name(each)}`);

  const moving = () => document.getAnimations()
    .filter((each) => each.playState === "running" && each.effect.getComputedTiming().duration > 10)
    .map((each) => `moves although told not to: ${name(each.effect.target)}`);

  const settled = async () => {
    const frame = () => new Promise((done) => { requestAnimationFrame(done); });
    for (let still = 0; still < 2; still += 1) {
      await frame();
      if (document.getAnimations().some((each) => each.playState === "running")) still = -1;
    }
  };

  /* ——— The focus: seen, not covered, never lost. ——— */
  const rgb = (() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    return (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
  })();
  const luminance = ([red, green, blue]) => [red, green, blue]
    .map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = rgb(style(each).backgroundColor);
      if (colour[3] > 200) return colour;
    }
    return [255, 255, 255, 255];
  };
  /* The ring may be drawn by the row or the label around. */
  const ring = (element) => {
    for (let each = element, steps = 0; each && steps < 4; each = each.parentElement, steps += 1) {
      const { outlineStyle, outlineWidth, outlineColor } = style(each);
      if (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1.9) return contrast(rgb(outlineColor), ground(each.parentElement ?? each));
    }
    return 0;
  };
  const isCovered = (element) => {
    const box = area(element);
    const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
    const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
    if (right - left < 1 || bottom - top < 1) return true;
    const points = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((x) => [0.2, 0.5, 0.8].map((y) => [left + (right - left) * x, top + (bottom - top) * y]));
    const near = element.closest("label") ?? element.labels?.[0] ?? element;
    const isIt = (hit) => hit && (near.contains(hit) || hit.contains(element));
    return points.filter(([x, y]) => isIt(document.elementFromPoint(x, y))).length < points.length / 2;
  };
  const focus = () => {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return ["lost"];
    if (element.matches("main, iframe, dialog, [tabindex='-1']")) return [];
    return [
      ...(ring(element) < 3 ? [`the focus is not seen (${ring(element).toFixed(1)}): ${name(element)}`] : []),
      ...(isCovered(element) ? [`the focus is covered: ${name(element)}`] : []),
    ];
  };

  /* While one walks with Tab: each stop is looked at when the next key is pressed, when the browser has scrolled. */
  const stops = new Map();
  let isWalking = false;
  const look = () => {
    const element = document.activeElement;
    if (isWalking && document.hasFocus() && element !== document.body && !stops.has(element)) stops.set(element, focus());
  };
  addEventListener("keydown", look, true);
  const walk = () => { stops.clear(); isWalking = true; document.activeElement?.blur(); };
  const walked = () => {
    look();
    isWalking = false;
    const radios = (element) => element.type === "radio" && all(`input[type=radio]`).some((each) => each.name === element.name && stops.has(each));
    const missed = all(CONTROLS).filter((each) => each.tabIndex >= 0 && !each.disabled && isReachable(each) && !stops.has(each) && !radios(each) && !each.matches("iframe"));
    return [...[...stops.values()].flat(), ...missed.map((each) => `Tab does not reach it: ${name(each)}`)];
  };
  const isReachable = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("dialog:not([open]), [inert]");
  /* Fields of dates are several stops: day, month, year, the calendar. */
  const parts = (element) => ({ date: 4, time: 4, "datetime-local": 7 }[element.type] ?? 1);
  const count = () => all(CONTROLS).filter((each) => each.tabIndex >= 0 && isReachable(each)).reduce((sum, each) => sum + parts(each), 0);

  /* On a page just opened nothing has the focus yet; after that it is never lost. */
  let hadFocus = false;
  let isMouse = false;
  addEventListener("focusin", (event) => { hadFocus ||= !event.target.closest("dialog"); }, true); // a dialog gives back what it found
  addEventListener("mousedown", () => { isMouse = true; }, true);
  const before = () => {
    const found = focus();
    return [...found.map((each) => (each === "lost" ? (hadFocus ? "the focus is lost" : "") : each)), isMouse ? "a mouse was used" : ""].filter(Boolean);
  };

  return { before, colourless, smallTargets, misfits, sideways, crowding, withAir, moving, settled, focus, walk, walked, count };
})();
