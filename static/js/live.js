/* Keeps what stands open as it is: asks whether anything changed while somebody sees the page, has every panel ([data-live])
   read itself again when something did, and says so when the desk does not answer.

   What somebody does meanwhile survives: a panel with an open menu or form is read when that closes, the row under the
   cursor stays where it is, and rows that changed glow once. */
"use strict";

(() => {
  const CHANGED = "backorder-changed";
  const LOOK = "desk:look";
  const DUE = "desk:due"; // what somebody is to do has come due, or is another thing
  const PANEL = "[data-live]";
  const TIMED = "[data-changes-in]";
  const PATIENCE_MS = 5000; // for one answer
  const FIRST_AGAIN_MS = 1000; // after the first question without one; one is no lost connection yet
  const MISSED_ANSWERS = 2; // that are one
  const LONGEST_AGAIN_MS = 8000;
  const FAILED_PANEL_MS = 5000; // until a panel that came to nothing is asked for again

  const frame = () => document.getElementById("frame-live-state");
  let timer = null;
  let isAsking = false;
  let missed = 0; // questions without an answer, one after the other
  let lastAnswer = Date.now();
  let lastLook = Date.now();
  let owedFrom = null; // from when on panels are to read themselves again that could not
  const changesAt = new WeakMap(); // what is another one by itself → when
  let isHeld = false; // a panel was left alone because of what is open in it

  const announce = () => htmx.trigger(document.body, CHANGED);

  const look = () => {
    lastLook = Date.now();
    htmx.trigger(frame(), LOOK);
  };

  /* Asking */

  const askIn = (milliseconds) => {
    clearTimeout(timer);
    if (!document.hidden && frame()) timer = setTimeout(ask, milliseconds);
  };

  const ask = async () => {
    const shown = frame();
    if (!shown || isAsking || document.hidden) return;
    isAsking = true;
    clearTimeout(timer);
    try {
      const answer = await fetch(`${shown.dataset.pulse}?${shown.dataset.mark}`, {
        signal: AbortSignal.timeout(PATIENCE_MS),
        cache: "no-store",
      });
      if (!answer.ok) throw new Error(`The desk answered ${answer.status}.`);
      const news = answer.status === 204 ? null : await answer.json();
      reached();
      if (news) take(shown, news);
      else if (Date.now() - lastLook >= shown.dataset.lookEvery * 1000) look();
    } catch {
      missed += 1;
      if (missed >= MISSED_ANSWERS || !navigator.onLine) lose();
    } finally {
      isAsking = false;
      const patience = Math.min(FIRST_AGAIN_MS * 2 ** (missed - 1), LONGEST_AGAIN_MS);
      askIn(missed ? patience : shown.dataset.pulseEvery * 1000);
    }
  };

  const take = (shown, news) => {
    if (String(news.calls) !== shown.dataset.calls) {
      shown.dataset.calls = news.calls;
      const count = document.getElementById("frame-live-count");
      if (count) htmx.trigger(count, DUE);
    }
    // A mark that the desk does not know as its own says nothing: it is asked in full.
    if (!news.mark || news.word !== shown.dataset.word) look();
    else {
      shown.setAttribute("hx-get", shown.getAttribute("hx-get").replace(shown.dataset.mark, news.mark));
      shown.dataset.mark = news.mark;
    }
    owedFrom = null;
    announce();
  };

  const reached = () => {
    const shown = frame();
    missed = 0;
    lastAnswer = Date.now();
    if (shown && "lost" in shown.dataset) {
      delete shown.dataset.lost;
      say(shown, "found");
    }
    if (owedFrom !== null && Date.now() >= owedFrom) {
      owedFrom = null;
      announce();
    }
    for (const element of document.querySelectorAll(TIMED)) {
      if (Date.now() < changesAt.get(element)) continue;
      changesAt.set(element, Date.now() + FAILED_PANEL_MS);
      if (element.dataset.live) element.dataset.live = "due"; // no mark of what it is to show
      htmx.trigger(element, DUE);
    }
  };

  /* What says in how many seconds it is another one by itself */

  const setMoments = (read) => {
    for (const element of document.querySelectorAll(TIMED)) {
      if (changesAt.has(element) && element !== read) continue;
      changesAt.set(element, Date.now() + element.dataset.changesIn * 1000);
    }
  };
  document.addEventListener("DOMContentLoaded", () => setMoments(null));
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.response?.status === 200) setMoments(ctx.sourceElement);
  });

  const lose = () => {
    const shown = frame();
    if (!shown || "lost" in shown.dataset) return;
    shown.dataset.lost = "";
    const since = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: shown.dataset.zone };
    const written = new Date(lastAnswer).toLocaleTimeString("en-GB", since);
    for (const time of shown.querySelectorAll("[data-live-since]")) time.textContent = written;
    say(shown, "lost");
  };

  const say = (shown, what) => {
    const said = shown.querySelector("[data-live-said]");
    said.textContent = said.dataset[what];
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  window.addEventListener("online", () => ask());
  window.addEventListener("offline", () => {
    missed = MISSED_ANSWERS;
    lose();
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (frame()) askIn(frame().dataset.pulseEvery * 1000);
  });

  /* A panel that reads itself again */

  const panelOf = (ctx) => (ctx?.sourceElement?.matches?.(PANEL) ? ctx.sourceElement : null);

  document.addEventListener("htmx:config:request", (event) => {
    const panel = panelOf(event.detail.ctx);
    if (panel?.dataset.live) event.detail.ctx.request.headers["HX-PTag"] = panel.dataset.live;
  });

  document.addEventListener("htmx:before:request", (event) => {
    if (!panelOf(event.detail.ctx)?.querySelector("details.menu[open]")) return;
    event.preventDefault();
    isHeld = true;
  });

  document.addEventListener(
    "toggle",
    () => {
      if (!isHeld || document.querySelector(`${PANEL} details.menu[open]`)) return;
      isHeld = false;
      announce();
    },
    true,
  );

  const owe = (event) => {
    const { ctx } = event.detail;
    if (!panelOf(ctx)) return;
    if (ctx.response?.status === 419) look();
    else if (!ctx.response || ctx.response.status >= 500) owedFrom = Date.now() + (ctx.response ? FAILED_PANEL_MS : 0);
  };
  document.addEventListener("htmx:error", owe);
  document.addEventListener("htmx:response:error", owe);

  /* What changed glows, and what one points at stays where it is */

  const rowsOf = (panel) => new Map([...panel.querySelectorAll("tr[id]")].map((row) => [row.id, row.textContent]));

  const glow = (shown, known) => {
    // Where a row left a full page, the one that moved up to its end is no news.
    const lastKnown = shown.findLastIndex((row) => known.has(row.id));
    const lastNews = shown.length > known.size ? shown.length : lastKnown;
    shown.forEach((row, place) => {
      const isNews = known.has(row.id) ? known.get(row.id) !== row.textContent : place <= lastNews;
      row.classList.toggle("is-changed", known.size > 0 && isNews);
    });
  };

  const isInSight = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= window.innerHeight;
  };

  const pointedAt = (panel) => {
    const hovered = [...panel.querySelectorAll("[id]:hover")].pop();
    if (hovered) return hovered;
    const focused = panel.contains(document.activeElement) ? document.activeElement.closest("[id]") : null;
    if (focused && focused !== panel && isInSight(focused)) return focused;
    // Who has not gone down the page sees its top.
    return window.scrollY ? [...panel.querySelectorAll("tr[id]")].find(isInSight) : null;
  };

  let before = null; // what a panel showed before it was read again
  let room = null; // what was put beside a row so that it could stay

  const giveRoomBack = () => {
    if (!room) return;
    room.above.style.marginTop = "";
    room.below.style.paddingBottom = "";
    room = null;
  };

  const keepInPlace = (element, top) => {
    const off = () => Math.round(element.getBoundingClientRect().top - top);
    window.scrollBy({ top: off(), behavior: "instant" });
    if (!off()) return;
    // The page is too short to scroll so far: it gets room until the pointer has left the panel.
    const above = element.closest(".table-card, .panel") ?? element;
    room = { panel: element.closest(PANEL), above, below: document.getElementById("main") };
    if (off() > 0) {
      room.below.style.paddingBottom = `${parseFloat(getComputedStyle(room.below).paddingBottom) + off()}px`;
      window.scrollBy({ top: off(), behavior: "instant" });
      return;
    }
    // A margin may share its room with its neighbour's: what that took is added.
    for (let turn = 0; turn < 2; turn += 1) {
      above.style.marginTop = `${parseFloat(getComputedStyle(above).marginTop) - off()}px`;
    }
  };

  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const panel = panelOf(ctx);
    before = null;
    if (!panel || ctx.response?.status !== 200) return;
    const anchor = pointedAt(panel);
    before = { rows: rowsOf(panel), anchor, top: anchor?.getBoundingClientRect().top };
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const panel = panelOf(event.detail.ctx);
    if (!panel || !before) return;
    const { rows, anchor, top } = before;
    before = null;
    glow([...panel.querySelectorAll("tr[id]")], rows);
    if (anchor?.isConnected) keepInPlace(anchor, top);
  });

  document.addEventListener("animationend", (event) => {
    if (event.animationName === "glow") event.target.closest("tr")?.classList.remove("is-changed");
  });

  document.addEventListener("pointermove", () => {
    if (room && !room.panel?.matches(":hover")) giveRoomBack();
  });
})();
