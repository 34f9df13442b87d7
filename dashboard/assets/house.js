/* Native elements for Dash (Drawing, Picker, Choice, Title) and the address: links and choices change it without a new page. */
(function () {
  "use strict";
  const h = React.createElement;

  const SAFE = new Set(("svg g path line rect circle polygon polyline ellipse text tspan title desc defs pattern " +
    "clipPath div span p strong em small table caption thead tbody tfoot tr th td ul ol li br code").split(" "));

  function grow(tree, key) {
    if (!Array.isArray(tree)) return tree;
    const [tag, attributes, ...children] = tree;
    return SAFE.has(tag) ? h(tag, Object.assign({key}, attributes), ...children.map(grow)) : null;
  }

  /* Dash's Location looks at the address again at this event, which is private to its own Link component: were it to be
     renamed, links and choices would change the address and the page would stay. */
  function go(href) {
    const before = window.location.pathname;
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    if (window.location.pathname !== before) window.scrollTo(0, 0);
  }

  function choose(part) {
    const query = new URLSearchParams(window.location.search);
    query.delete("number");
    for (const [name, value] of new URLSearchParams(part)) value ? query.set(name, value) : query.delete(name);
    const text = query.toString().replaceAll("%2C", ",").replaceAll("%7C", "|");
    go(window.location.pathname + (text ? "?" + text : ""));
  }

  /* A choice changes the page: the reader's place is then the same control of the new page. */
  let chosen = null;
  function useSamePlace(label) {
    const place = React.useRef(null);
    React.useEffect(() => {
      if (chosen !== label) return;
      chosen = null;
      if (place.current) place.current.focus();
    });
    return place;
  }

  let made = 0;
  const useName = () => React.useState(() => "choice-" + ++made)[0];

  /* What a script says itself, in the language of the page. */
  let words = {};
  const say = (text) => words[text] || text;

  window.drive = {
    say,
    Drawing: (props) => grow(props.tree),

    Picker: function (props) {
      const name = useName(), place = useSamePlace(props.label);
      const change = (event) => { chosen = props.label; choose(event.target.value); };
      return h("div", {className: "picker"},
        h("label", {htmlFor: name}, props.label),
        h("select", {id: name, ref: place, value: props.value, onChange: change},
          props.options.map((option) => h("option", {key: option.value, value: option.value}, option.label))));
    },

    Choice: function (props) {
      const name = useName(), place = useSamePlace(props.label);
      const change = (value) => { chosen = props.label; choose(value); };
      return h("fieldset", {className: "choice"},
        h("legend", null, props.label),
        h("div", {className: "segments"}, props.options.map((option) =>
          h("label", {key: option.value, className: option.value === props.value ? "chosen" : ""},
            h("input", {type: "radio", name, value: option.value, checked: option.value === props.value,
              ref: option.value === props.value ? place : null, onChange: () => change(option.value)}),
            h("span", {"data-text": option.label}, option.label)))));
    },

    Title: function (props) {
      words = props.words || {};   // at once, for what is drawn after it
      React.useEffect(() => {
        document.title = props.text;
        document.documentElement.lang = props.lang || "en-GB";
      }, [props.text, props.lang]);
      return null;
    },
  };

  /* Links inside the dashboard change the address only; the browser's own ways of opening a link still work. */
  document.addEventListener("click", function (event) {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== window.location.origin) return;
    if (link.getAttribute("href").startsWith("#") || link.pathname.startsWith("/assets/")) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });

  /* After the page changes, a reader of the screen starts at its headline. */
  let path = window.location.pathname;
  window.addEventListener("_dashprivate_pushstate", function () {
    if (window.location.pathname === path) return;
    path = window.location.pathname;
    const started = Date.now();
    (function find() {
      const main = document.getElementById("main");
      if (main && main.dataset.path === path) main.focus({preventScroll: true});
      else if (Date.now() - started < 4000) window.setTimeout(find, 50);
    })();
  });

  /* The side panel: focus goes in, stays in, and returns to the number. */
  let opener = null;
  document.addEventListener("click", (event) => {
    const number = event.target.closest && event.target.closest("a[data-number]");
    if (number && !number.closest("#panel")) opener = [...document.querySelectorAll("#frame a[data-number]")].indexOf(number);
  }, true);
  const panel = () => document.querySelector("#panel [role=dialog]");
  function close() {
    const link = document.querySelector("#panel a.close");
    if (link) link.click();
  }
  document.addEventListener("keydown", function (event) {
    const dialog = panel();
    if (!dialog) return;
    if (event.key === "Escape") { event.preventDefault(); close(); }
    if (event.key !== "Tab") return;
    const inside = [...dialog.querySelectorAll("a[href], button, summary")].filter((e) => e.offsetParent !== null);
    const first = inside[0], last = inside[inside.length - 1];
    if (event.shiftKey ? document.activeElement === first : document.activeElement === last) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  });
  document.addEventListener("click", (event) => { if (event.target.classList.contains("shade")) close(); });

  /* What a button did is read out, too: a part of the document says it that was there before. */
  const aloud = Object.assign(document.createElement("p"), {className: "heard"});
  aloud.setAttribute("role", "status");
  document.addEventListener("DOMContentLoaded", () => document.body.append(aloud));
  document.addEventListener("click", function (event) {
    const button = event.target.closest && event.target.closest("button.copy");
    if (!button || !navigator.clipboard) return;
    const link = new URL(button.dataset.link || window.location.href, window.location.href).href;
    navigator.clipboard.writeText(link).then(() => { aloud.textContent = button.textContent = say("Copied"); });
  });

  let open = false;
  new MutationObserver(function () {
    const dialog = panel();
    if (!!dialog === open) return;
    open = !!dialog;
    for (const part of document.querySelectorAll("#frame, #who, .skip")) part.inert = open;
    document.documentElement.classList.toggle("panel-open", open);
    if (open) dialog.querySelector(".close").focus();
    else if (opener !== null) {
      const back = document.querySelectorAll("#frame a[data-number]")[opener];
      if (back) back.focus();
      opener = null;
    }
  }).observe(document.documentElement, {childList: true, subtree: true});

  /* Charts are laid out again as wide as they will be on paper. */
  function layOut(paper) {
    const main = document.getElementById("main");
    if (!main || !window.Plotly) return;
    const charts = [...document.querySelectorAll(".js-plotly-plot")];
    main.classList.toggle("as-on-paper", paper);
    const sizes = charts.map((e) => paper ? {width: e.clientWidth} : {width: null, autosize: true});
    main.classList.remove("as-on-paper");
    charts.forEach((e, i) => window.Plotly.relayout(e, sizes[i]));
  }
  window.addEventListener("beforeprint", () => layOut(true));
  window.addEventListener("afterprint", () => layOut(false));
})();
