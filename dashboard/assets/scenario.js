/* The scenario page's own native elements: a form whose fields are the address, and the list of saved scenarios. */
(function () {
  "use strict";
  const h = React.createElement;
  const say = (text) => window.drive.say(text);
  let asked = false;   // the page is drawn anew when the address changes: then focus goes where the reader was

  function open(href) {
    const link = document.createElement("a");
    link.href = href;
    document.body.append(link);
    link.click();      // as any link of the dashboard: the address changes, the page is not loaded anew
    link.remove();
  }

  /* Fields called a.b are parts of a: a=b:value,c:value. What is left at its usual value is left out. */
  function query(form, fields) {
    const chosen = new URLSearchParams(window.location.search), parts = {};
    chosen.delete("number");
    for (const field of fields) {
      const element = form.elements[field.name];
      const value = element.value.trim();
      const [name, part] = field.name.split(".");
      if (part) {
        parts[name] = parts[name] || [];
        if (value !== "" && value !== field.usual) parts[name].push(part + ":" + value.replaceAll(",", ""));
      } else if (value === "" || value === field.usual) chosen.delete(name);
      else chosen.set(name, value);
    }
    for (const name in parts) parts[name].length ? chosen.set(name, parts[name].join(",")) : chosen.delete(name);
    return chosen.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  }

  function Field(field) {
    const id = "suppose-" + field.name.replace(".", "-"), wrong = id + "-wrong", hint = id + "-hint";
    const about = [field.hint && hint, field.problem && wrong].filter(Boolean).join(" ") || undefined;
    const named = {id, name: field.name, defaultValue: field.value, "aria-describedby": about,
      "aria-invalid": field.problem ? "true" : undefined};
    const input = field.options
      ? h("select", named, field.options.map((o) => h("option", {key: o.value, value: o.value}, o.label)))
      : h("input", Object.assign(named, {type: "text", inputMode: field.words ? undefined : "decimal", autoComplete: "off",
          className: field.words ? "words" : "figure", maxLength: 600}));
    return h("div", {key: field.name, className: "field" + (field.problem ? " wrong" : "") + (field.wide ? " wide" : "")},
      h("label", {htmlFor: id}, field.label),
      h("span", {className: "entry"}, input, field.after ? h("span", {className: "after"}, field.after) : null),
      field.hint ? h("p", {id: hint, className: "hint"}, field.hint) : null,
      field.problem ? h("p", {id: wrong, className: "problem"}, field.problem) : null);
  }

  window.drive.ScenarioForm = function (props) {
    const form = React.useRef(null);
    const fields = props.groups.flatMap((group) => group.fields);
    React.useEffect(() => {
      for (const field of fields) form.current.elements[field.name].value = field.value;
      if (!asked) return;
      asked = false;
      (form.current.querySelector("[aria-invalid]") || form.current.querySelector("button")).focus();
    }, [JSON.stringify(props.groups)]);
    const submit = (event) => {
      event.preventDefault();
      asked = true;
      const text = query(form.current, fields);
      open(window.location.pathname + (text ? "?" + text : ""));
    };
    return h("form", {ref: form, onSubmit: submit, className: "supposed", noValidate: true, "aria-label": say("What is supposed")},
      props.groups.map((group) => h("fieldset", {key: group.legend},
        h("legend", null, group.legend), group.fields.map(Field))),
      h("div", {className: "acts"},
        h("button", {type: "submit", className: "button filled"}, say("Work it out")),
        h("a", {href: props.reset}, say("Reset to what is known"))));
  };

  window.drive.SavedList = function (props) {
    const said = React.useRef(null), name = React.useRef(null);
    const send = (what) => props.setProps({sent: Object.assign({at: Date.now(), query: window.location.search}, what)});
    React.useEffect(() => {
      if (!props.answer) return;
      (props.problem ? name : said).current.focus();
      if (!props.problem) name.current.value = "";
    }, [props.answer]);
    const save = (event) => { event.preventDefault(); send({act: "save", name: name.current.value}); };
    return h("div", {className: "saved"},
      h("form", {onSubmit: save, noValidate: true, "aria-label": say("Save this scenario")},
        h("div", {className: "field wide" + (props.problem ? " wrong" : "")},
          h("label", {htmlFor: "save-name"}, say("Save this scenario as")),
          h("span", {className: "entry"},
            h("input", {id: "save-name", ref: name, type: "text", className: "words", maxLength: 120, autoComplete: "off",
              "aria-invalid": props.problem ? "true" : undefined, "aria-describedby": props.problem ? "save-wrong" : undefined}),
            h("button", {type: "submit", className: "button"}, say("Save"))),
          props.problem ? h("p", {id: "save-wrong", className: "problem"}, props.problem) : null)),
      h("p", {role: "status", tabIndex: -1, ref: said, className: "said"}, props.said || ""),
      props.rows.length
        ? h("ul", null, props.rows.map((row) => h("li", {key: row.id},
            h("div", null, h("a", {href: row.href}, row.name), h("small", null, row.words), h("small", null, row.by)),
            row.mine ? h("button", {type: "button", className: "button", "aria-label": say("Delete") + " " + row.name,
              onClick: () => send({act: "delete", id: row.id})}, say("Delete")) : null)))
        : h("p", {className: "nothing"}, say("No scenario has been saved yet.")));
  };
})();
