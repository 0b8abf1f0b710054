/* Rows that somebody ticks: one by one, from one to another with Shift, those of the page, or all that match. What is ticked
   stays while the table is read again, sorted or turned over, and belongs to its filters: with others it begins anew.
   How many lines they are, and what they come to, the desk says. */
"use strict";

(() => {
  const KEPT = "desk-ticked-"; // in the session of this window, by the word of the table
  const PAUSE_MS = 60; // a range is one question
  const cardOf = (element) => element.closest("[data-live]")?.querySelector("[data-ticked]");
  const barOf = (card) => document.querySelector(`[data-ticked-bar="${card.dataset.tickedWord}"]`);
  const boxesOf = (card) => [...card.querySelectorAll("[data-tick]")];
  let last = null; // the row that was ticked last, where a range begins
  let withShift = false;
  let asking = null;
  let timer = null;

  // A notice stands above the bar, which is as high as its acts are many and the screen is narrow.
  const sized = new ResizeObserver(([{ target }]) =>
    document.documentElement.style.setProperty("--bulk-bar-height", `${target.offsetHeight}px`),
  );

  /* What is ticked: the filters that it belongs to, rows by their keys, or all that match */

  const nothing = (card) => ({ filters: card.dataset.ticked, rows: [], all: false });

  const read = (card) => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT + card.dataset.tickedWord));
      return kept?.filters === card.dataset.ticked ? kept : nothing(card);
    } catch {
      return nothing(card);
    }
  };

  const keep = (card, ticked) => {
    sessionStorage.setItem(KEPT + card.dataset.tickedWord, JSON.stringify(ticked));
    show(card, ticked);
    ask(card, ticked);
  };

  const isEmpty = (ticked) => !ticked.all && !ticked.rows.length;

  /* Showing it */

  const show = (card, ticked) => {
    const rows = new Set(ticked.rows);
    const boxes = boxesOf(card);
    for (const box of boxes) box.checked = ticked.all || rows.has(box.value);
    const count = boxes.filter((box) => box.checked).length;
    const ofPage = card.querySelector("[data-tick-page]");
    if (ofPage) {
      ofPage.checked = count > 0 && count === boxes.length;
      ofPage.indeterminate = count > 0 && count < boxes.length;
    }
    const bar = barOf(card);
    sized.observe(bar);
    bar.hidden = isEmpty(ticked);
    const all = bar.querySelector("[data-tick-all]");
    all.textContent = card.dataset.tickedAll;
    all.hidden = ticked.all || rows.size >= Number(card.dataset.tickedMatching);
  };

  const ask = (card, ticked) => {
    clearTimeout(timer);
    asking?.abort();
    if (isEmpty(ticked)) return;
    timer = setTimeout(async () => {
      asking = new AbortController();
      const body = new URLSearchParams(ticked.all ? { all: "yes" } : { rows: ticked.rows.join(" ") });
      const headers = {
        ...JSON.parse(document.body.getAttribute("hx-headers:inherited")),
        "HX-Request": "true",
        "HX-Request-Type": "partial",
      };
      try {
        const answer = await fetch(card.dataset.ticked, { method: "POST", body, headers, signal: asking.signal });
        if (!answer.ok) return; // the top bar says that nobody answers, or that the session is over
        const said = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
        const focused = barOf(card)?.contains(document.activeElement) ? document.activeElement.id : "";
        barOf(card)?.querySelector(".ticked-said").replaceWith(said);
        htmx.process(said); // what can be done with them
        if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      } catch {
        // Asked anew meanwhile, or out of reach: what stood there stays.
      }
    }, PAUSE_MS);
  };

  /* Ticking */

  const take = (card, boxes, isTicked) => {
    const before = read(card);
    // Who takes one away from all that match means the others of the page.
    const rows = new Set(before.all ? boxesOf(card).map((box) => box.value) : before.rows);
    for (const box of boxes) {
      if (isTicked) rows.add(box.value);
      else rows.delete(box.value);
    }
    keep(card, { ...nothing(card), rows: [...rows] });
  };

  const tick = (box) => {
    const card = cardOf(box);
    const boxes = boxesOf(card);
    const from = withShift ? boxes.findIndex((one) => one.value === last) : -1;
    const here = boxes.indexOf(box);
    last = box.value;
    take(card, from < 0 ? [box] : boxes.slice(Math.min(from, here), Math.max(from, here) + 1), box.checked);
  };

  const clear = (card) => {
    const hadFocus = barOf(card).contains(document.activeElement);
    last = null;
    keep(card, nothing(card));
    if (hadFocus) (card.querySelector("[data-tick-page]") ?? document.getElementById("main")).focus({ preventScroll: true });
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick]")) tick(event.target);
    else if (event.target.matches("[data-tick-page]")) {
      const card = cardOf(event.target);
      take(card, boxesOf(card), event.target.checked);
    }
  });

  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-tick-all]");
    const none = event.target.closest("[data-tick-none]");
    if (all) {
      const card = cardOf(all);
      keep(card, { ...nothing(card), all: true });
      barOf(card).querySelector("[data-tick-none]").focus({ preventScroll: true });
    } else if (none) clear(cardOf(none));
  });

  document.addEventListener("pointerdown", (event) => (withShift = event.shiftKey), true);

  // A range would mark the text between its ends.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest(".cell-tick")) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    withShift = event.shiftKey;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      const card = document.querySelector("[data-ticked]");
      if (!card || isEmpty(read(card)) || event.target.matches("input:not([type='checkbox']), textarea, select")) return;
      event.preventDefault();
      clear(card);
    } else if (event.key === "a" && !event.target.matches("input:not([type='checkbox']), textarea, select")) {
      const act = document.querySelector(".bulk-bar:not([hidden]) .ticked-acts a");
      if (!act) return;
      event.preventDefault();
      act.focus();
    } else if (event.key.toLowerCase() === "x" && event.target.matches(".row-link")) {
      const box = event.target.closest("tr").querySelector("[data-tick]");
      if (!box) return;
      event.preventDefault();
      box.checked = withShift || !box.checked;
      tick(box);
    }
  });

  /* The table came anew: other rows, another order, or the same after a change */

  const look = (isNews) => {
    for (const card of document.querySelectorAll("[data-ticked]")) {
      const ticked = read(card);
      show(card, ticked);
      if (isNews) ask(card, ticked);
    }
  };

  document.addEventListener("DOMContentLoaded", () => look(true));
  window.addEventListener("pageshow", (event) => event.persisted && look(true));
  document.addEventListener("htmx:after:swap", (event) => look(event.detail.ctx?.response?.status !== 304));
})();
