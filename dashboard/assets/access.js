/* When a session has ended, the page is loaded again: that leads to the sign-in page, and back to what was asked for. */
(function () {
  "use strict";
  const ask = window.fetch;
  window.fetch = function () {
    return ask.apply(this, arguments).then(function (answer) {
      if (answer.status === 401) window.location.reload();
      return answer;
    });
  };
})();
