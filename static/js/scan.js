/* The field of a scanner is ready again as soon as what was scanned is done with; a list goes to the printer. */
"use strict";

(() => {
  const isIdle = () => [null, document.body, document.getElementById("main")].includes(document.activeElement);

  let isScanned = false; // a code was sent whose answer is not there yet

  const getReady = () => {
    const field = document.querySelector("[data-scan]");
    // What was scanned gives way to the next code, also where it led nowhere and the field kept the focus.
    if (isScanned && field === document.activeElement) field.select();
    isScanned = false;
    if (!field || document.querySelector(".act-slot .slot-card") || !isIdle()) return;
    field.focus({ preventScroll: true });
    field.select();
  };

  document.addEventListener("submit", (event) => {
    isScanned = Boolean(event.target.querySelector("[data-scan]"));
  });

  document.addEventListener("htmx:after:swap", getReady);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") queueMicrotask(getReady);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-act-close]")) queueMicrotask(getReady);
    if (event.target.closest("[data-print]")) window.print();
  });
})();
