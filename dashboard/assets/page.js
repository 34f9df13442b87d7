/* A page as one component: React compares it with the page before and changes what differs, and charts are drawn again
   in their places. Dash would wrap each of a thousand elements on its own and make all of them anew each time.

   Dash loads React as `window.React` before the scripts in this folder, and draws what Python calls `drive.Name` by
   `window.drive.Name`: neither is documented, and without either every page would stay empty. */
(function () {
  "use strict";
  if (!window.React) return;
  const h = React.createElement;
  const TAGS = new Set(("a b button caption code dd details div dl dt footer h1 h2 h3 header i li main nav p pre section " +
    "small span strong summary table tbody td th thead tr u ul").split(" "));

  /* Charts are drawn by plotly.js, fetched once and only by a page that has a chart. The document says where it is. */
  const PLOTLY = document.querySelector("meta[name=plotly-js]").content;
  let fetched = null;
  const plotly = () => fetched = fetched || new Promise((done) => {
    const script = document.createElement("script");
    script.src = PLOTLY;
    script.onload = () => done(window.Plotly);
    script.onerror = () => { fetched = null; };   // the next chart tries again
    document.head.append(script);
  });

  window.drive.Chart = function ({figure, config, height}) {
    const place = React.useRef(null);
    const said = React.useMemo(() => JSON.stringify(figure), [figure]);   // of each answer anew, though often the same
    React.useEffect(() => {
      let gone = false;
      plotly().then(() => gone || window.Plotly.react(place.current, figure.data, figure.layout, config));
      return () => { gone = true; };
    }, [said]);
    React.useEffect(() => {
      const element = place.current, measured = () => `${element.clientWidth} ${element.clientHeight}`;
      let size = measured();
      const watch = new ResizeObserver(() => {
        if (measured() === size) return;
        size = measured();
        if (element.clientWidth && element.data) window.Plotly.Plots.resize(element);
      });
      watch.observe(element);
      return () => { watch.disconnect(); if (window.Plotly) window.Plotly.purge(element); };
    }, []);
    return h("div", {className: "chart", style: {height}}, h("div", {ref: place, style: {height: "100%"}}));
  };

  /* What has a name takes part in callbacks, so that it is Dash's to draw. `dash_component_api` is documented, the form of
     `componentPath` and what `temp` does (the place is not kept in Dash's layout) are not: without them a form that saves
     something would not be drawn, or its callback would find nothing. */
  function Named({part}) {
    const {componentPath} = window.dash_component_api.useDashContext();
    return h(window.dash_component_api.ExternalWrapper,
      {component: part, componentPath: [...componentPath, "props", part.props.id], temp: true});
  }

  function grow(part) {
    if (Array.isArray(part)) return h(React.Fragment, null, ...part.map(grow));
    if (part === null || typeof part !== "object") return part;
    const {type, namespace, props} = part;
    if (namespace === "drive") return props.id ? h(Named, {part}) : h(window.drive[type], props);
    const {children, ...attributes} = props, tag = type.toLowerCase();
    if (!TAGS.has(tag)) return null;
    return h(tag, attributes, ...(Array.isArray(children) ? children : [children]).map(grow));
  }

  /* The same page is changed; another one, or one that scripts have changed meanwhile, is made anew. */
  let made = 0;
  window.drive.Frame = function ({id, tree}) {
    const page = React.useMemo(() => {
      const main = (tree || []).find((part) => part && part.type === "Main");
      return h(React.Fragment, {key: (main && main.props["data-path"]) || ++made}, grow(tree || []));
    }, [tree]);
    return h("div", {id}, page);
  };
})();
