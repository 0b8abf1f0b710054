/* Which of the views that somebody keeps of a list is the one that is shown. A panel is the same for many people and says
   nothing of their views: their menu stays when the panel comes anew, and is marked here. A box that is a way somewhere
   is pressed with the space bar too, as other boxes are. */
"use strict";

(() => {
  const PLACES = ["after", "before"]; // where in the list one is: no part of a view

  /* One writing for an address, whoever wrote it. */
  const written = (address) => {
    const url = new URL(address, window.location.href);
    for (const place of PLACES) url.searchParams.delete(place);
    return `${url.pathname}?${url.searchParams}`;
  };

  const mark = (menu) => {
    const panel = menu.closest("[data-live]");
    const label = menu.querySelector("[data-views-shown]");
    if (!panel || !label) return;
    const here = written(panel.getAttribute("hx-get"));
    let name = "";
    for (const way of menu.querySelectorAll("[data-view]")) {
      const isHere = written(way.getAttribute("href")) === here;
      if (isHere) way.setAttribute("aria-current", "true");
      else way.removeAttribute("aria-current");
      if (isHere && way.dataset.view !== "plain") name = way.textContent.trim();
    }
    label.textContent = name || label.dataset.viewsShown;
  };

  const look = () => {
    for (const menu of document.querySelectorAll("[data-views]")) mark(menu);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches("a[role='checkbox']")) return;
    event.preventDefault();
    event.target.click();
  });

  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:after:swap", look);
})();
