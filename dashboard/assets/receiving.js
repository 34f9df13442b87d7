/* A return that is tried: the form inside a page, a file dropped on it, and the result beneath it without a new page. */
(function () {
  "use strict";

  if (window.React) {
    window.drive = window.drive || {};
    window.drive.Paper = (props) => React.createElement("div", {dangerouslySetInnerHTML: {__html: props.html}});
  }

  function token() {
    const found = document.cookie.split("; ").find((part) => part.startsWith("_csrf_token="));
    return found ? decodeURIComponent(found.slice("_csrf_token=".length)) : "";
  }

  /* The place of the result: the one that is there, or a new one before the form. */
  function place(form) {
    let result = document.getElementById("result");
    if (result) return result;
    result = document.createElement("section");
    result.id = "result";
    result.className = "given";
    result.tabIndex = -1;
    const card = form.closest(".card") || form;
    if (card.querySelector(".exhibit")) form.after(result); else card.before(result);
    return result;
  }

  function show(form, words) {
    const result = place(form), said = document.createElement("p");
    said.className = "given-problem";
    said.textContent = words;
    result.replaceChildren(said);
    result.removeAttribute("aria-labelledby");
    result.focus();
  }

  function put(form, text) {
    const found = new DOMParser().parseFromString(text, "text/html").getElementById("result");
    if (!found) return show(form, "No answer came. Load the page again.");
    const result = place(form);
    result.replaceChildren(...found.childNodes);
    result.setAttribute("aria-labelledby", "result-headline");
    result.focus({preventScroll: true});
    result.scrollIntoView({block: "start"});
  }

  function working(button, on) {
    const said = button.dataset.said || button.textContent;
    button.dataset.said = said;
    button.setAttribute("aria-disabled", String(on));
    button.textContent = on ? "One moment…" : said;
  }

  document.addEventListener("submit", async function (event) {
    const form = event.target, button = event.submitter;
    if (!form.matches("form.give") || !button) return;
    const field = form.elements.csrf, file = form.elements.file && form.elements.file.files[0];
    if (field && token()) field.value = token();
    if (button.getAttribute("aria-disabled") === "true") return event.preventDefault();
    if (form.elements.file && (!file || file.size > Number(form.dataset.most))) {
      event.preventDefault();
      return show(form, file ? "The file is larger than 5 MB, so it was not sent. A return is far smaller."
        : "Choose a file first, then send it.");
    }
    if (button.value === "workbook") return;
    event.preventDefault();
    const data = new FormData(form);
    if (button.name) data.append(button.name, button.value);
    working(button, true);
    try {
      const answer = await fetch(button.getAttribute("formaction") || form.getAttribute("action"), {method: "POST", body: data});
      const text = await answer.text();
      if ((answer.headers.get("Content-Type") || "").startsWith("text/html")) put(form, text);
      else show(form, text);
    } catch {
      show(form, "The server could not be reached, so nothing was looked at. Try again.");
    }
    working(button, false);
  });

  /* A file may be dropped anywhere on its zone; elsewhere a dropped file would leave the page. */
  const zone = (event) => event.target.closest && event.target.closest(".drop");
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, function (event) {
      const over = zone(event);
      if (!over) return;
      over.classList.toggle("over", name === "dragover");
      if (name === "dragleave") return;
      event.preventDefault();
      if (name === "drop" && event.dataTransfer.files.length) over.querySelector("input").files = event.dataTransfer.files;
    });
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest && event.target.closest("button.copy-text");
    const source = button && document.getElementById(button.dataset.copies);
    if (!source || !navigator.clipboard) return;
    navigator.clipboard.writeText(source.textContent).then(() => { button.textContent = "Copied"; });
  });
})();
