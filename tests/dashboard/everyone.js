/* What test_everyone.py asks of a page: how it is made for those who hear it, and where the keyboard is. */
const all = (what) => [...document.querySelectorAll(what)];
const begin = (e) => e.outerHTML.slice(0, 90);
const CLOSED = "details:not([open]) > :not(summary)";
const drawn = (e) => e.getClientRects().length > 0;
const heard = (e) => drawn(e) && !e.closest(`[aria-hidden=true], [inert], ${CLOSED}`);

/* What is wrong with the structure of a page. */
function structure() {
  const wrong = [];
  const check = (right, what) => { if (!right) wrong.push(what); };
  const alone = all("[role=dialog], .deck").length > 0;
  check(/^(en-GB|cy)$/.test(document.documentElement.lang), "language");
  check(document.title.length >= 8, `title: ${document.title}`);
  check(alone || all("h1").filter(heard).length === 1, `h1: ${all("h1").length}`);
  check(all("main").length === 1, "main");
  for (const chart of all(".chart-frame")) {
    const card = chart.closest("[data-card]") || document;
    check(chart.getAttribute("role") === "img", `no image: ${begin(chart)}`);
    check((chart.getAttribute("aria-label") || "").length >= 20, `chart without a name: ${begin(chart)}`);
    check(card.querySelector("table"), `chart without a table: ${chart.dataset.chart}`);
  }
  for (const table of all("table")) {
    const named = table.caption ? table.caption.textContent : table.getAttribute("aria-label") || "";
    check(named.trim() || table.closest("section[data-slide][aria-labelledby]"), `no name: ${begin(table)}`);
    check(table.querySelector("thead th[scope=col], thead th[scope=colgroup]"), `no heads: ${begin(table)}`);
  }
  for (const e of all("[tabindex]")) check(+e.getAttribute("tabindex") <= 0, `tabindex: ${begin(e)}`);
  for (const e of all("a[href], button, input, select, textarea, summary").filter(heard)) {
    const labels = [...(e.labels || [])].map((label) => label.textContent).join("");
    check((e.textContent + labels + (e.getAttribute("aria-label") || "")).trim(), `no name: ${begin(e)}`);
  }
  const levels = all("h1, h2, h3, h4").filter(heard).map((h) => +h.tagName[1]);
  levels.forEach((level, i) => check(!i || level <= levels[i - 1] + 1, `h${levels[i - 1]}, then h${level}`));
  return wrong;
}

/* What a Tab may reach: of radios only the one that is chosen. */
function stops() {
  return all("a[href], button, input, select, textarea, summary, [tabindex='0']").filter((e) =>
    drawn(e) && !e.disabled && e.type !== "hidden" && !e.closest(`[inert], ${CLOSED}`) &&
    getComputedStyle(e).visibility !== "hidden" &&
    !(e.type === "radio" && !e.checked && [...document.getElementsByName(e.name)].some((other) => other.checked)));
}

/* What has the focus: where it lies, in which part of the page, and whether it and its outline are seen. */
function focused() {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const shown = drawn(e) && e.getBoundingClientRect().width > 2 ? e : (e.labels && e.labels[0]) || e.parentElement;
  const box = shown.getBoundingClientRect();
  const part = e.closest("td, th, li, [data-card], .card, .panel, header, footer, nav, .choices") || document.body;
  const lined = (x) => {
    const style = x ? getComputedStyle(x) : {};
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const spots = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.2], [0.5, 0.8]];
  const seen = spots.map(([x, y]) => document.elementFromPoint(box.x + box.width * x, box.y + box.height * y))
    .some((found) => found && (shown.contains(found) || found.parentElement && found.contains(shown)));
  const {left, right} = part.getBoundingClientRect();
  const down = scrollY + ((e.closest(".panel") || {}).scrollTop || 0);
  return {place: stops().indexOf(e), name: begin(e), top: box.top + down, bottom: box.bottom + down, left, right,
    lined: [e, shown, e.parentElement].some(lined), seen};
}

/* What moves for those who asked for less of it. */
function moving() {
  const long = (times) => times.split(",").some((time) => parseFloat(time) > 0.01);
  return all("*").filter((e) => {
    const style = getComputedStyle(e);
    return long(style.transitionDuration) || (style.animationName !== "none" && long(style.animationDuration));
  }).map(begin);
}

/* What was told by its background alone, which forced colours take away. */
function bare() {
  return all(".button, .tag, .state, .hidden-number, select, input:not([type=radio])").filter((e) => drawn(e) &&
    !e.textContent.trim() && !e.value && !(e.labels || []).length && parseFloat(getComputedStyle(e).borderTopWidth) < 1)
    .map(begin);
}
