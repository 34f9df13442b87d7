/* Turns the slides: by keys, by a clicker, by buttons, by the clock. Everything is on the page, so no network is needed. */
(function () {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const slides = () => all(".deck .slide");
  let timer = null, deck = null;

  function place() {
    return Math.max(0, slides().findIndex((slide) => slide.classList.contains("is-shown")));
  }

  function show(index) {
    const list = slides();
    blank(false);
    const to = Math.min(Math.max(index, 0), list.length - 1);
    list.forEach((slide, at) => slide.classList.toggle("is-shown", at === to));
    const said = document.querySelector(".turn-place");
    if (said) said.textContent = (to + 1) + " " + window.drive.say("of") + " " + list.length;
    const back = document.querySelector(".turn-back"), on = document.querySelector(".turn-on");
    if (back) back.setAttribute("aria-disabled", to === 0);
    if (on) on.setAttribute("aria-disabled", to === list.length - 1);
    window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search + "#" + list[to].dataset.slide);
  }

  /* Nothing on the screen while people talk: a clicker's own key for it, until it or a slide is asked for. */
  function blank(how) {
    if (deck) deck.classList.toggle("is-blank", how);
  }

  const USUAL_SECONDS = 30, LEAST_SECONDS = 5;

  function seconds() {
    return Number(new URLSearchParams(window.location.search).get("every"));
  }

  function say(word) {
    const button = document.querySelector(".turn-clock");
    if (button) button.textContent = window.drive.say(word);
  }

  function pause() {
    if (timer) window.clearInterval(timer);
    timer = null;
    say("Play");
  }

  function play() {
    const wait = seconds() >= LEAST_SECONDS ? seconds() : USUAL_SECONDS;
    timer = window.setInterval(() => show((place() + 1) % slides().length), wait * 1000);
    say("Pause");
  }

  function start() {
    pause();
    const wanted = slides().findIndex((slide) => "#" + slide.dataset.slide === window.location.hash);
    show(Math.max(wanted, 0));
    if (seconds() >= LEAST_SECONDS) play();
  }

  const KEYS = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1};

  document.addEventListener("keydown", function (event) {
    if (!slides().length || event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = event.target.closest && event.target.closest("a, button");
    if (event.key in KEYS) show(place() + KEYS[event.key]);
    else if (event.key === " " && !onControl) show(place() + (event.shiftKey ? -1 : 1));
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(slides().length - 1);
    else if ("bB.".includes(event.key)) blank(!deck.classList.contains("is-blank"));
    else if (event.key === "f" || event.key === "F") full();
    else if (event.key === "F5") { if (!document.fullscreenElement) full(); }   // a clicker's start; the browser would load anew
    else if (event.key === "Escape" && !document.fullscreenElement && navigator.onLine) document.querySelector(".turn-leave").click();
    else return;
    pause();
    event.preventDefault();
  });

  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(() => {});
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest && event.target.closest(".turns button");
    if (!button) return;
    const playing = timer !== null;
    pause();
    if (button.classList.contains("turn-clock") && !playing) play();
    if (button.classList.contains("turn-back")) show(place() - 1);
    if (button.classList.contains("turn-on")) show(place() + 1);
    if (button.classList.contains("turn-full")) full();
  });

  new MutationObserver(function () {
    const now = document.querySelector(".deck");
    if (now === deck) return;
    deck = now;
    if (deck && slides().length) start();
    else pause();
  }).observe(document.documentElement, {childList: true, subtree: true});
})();
