/* Inline forms: one opens in its slot with the focus in it, Enter sends it, Esc closes it, and the focus goes back to what
   opened it. A panel that holds an open form, or one that is on its way, is left alone until the form is gone; then it
   catches up. */
"use strict";

(() => {
  const CARD = ".slot-card";
  const CHANGED = "backorder-changed";
  const openers = new Map(); // id of a slot → how to find what opened it
  let returned = null; // what the focus went back to last, and how to find it again
  const opening = new Set(); // slots whose form is on its way
  let missed = false; // a panel wanted to read itself again and was held back

  const slotOf = (element) => element.closest(".act-slot");
  const openForms = (within) => [...within.querySelectorAll(`.act-slot ${CARD}`)];

  const isPanel = (element) => element?.getAttribute?.("hx-trigger")?.startsWith(CHANGED);
  const isAtWork = (panel) => openForms(panel).length > 0 || [...opening].some((slot) => panel.contains(slot));

  const focusInto = (card) => {
    const field = card.querySelector(".is-invalid") ?? card.querySelector("[autofocus]");
    field?.focus({ preventScroll: true });
    if (field?.matches("input:not([type='date'])")) field.select();
    card.scrollIntoView({ block: "nearest" });
  };

  /* An act at a row is known by its row: an id that it was given here would not outlive the panel's next reading. Where
     the row has gone, whoever works down a list goes on at the one that took its place. */
  const findLater = (opener) => {
    const { id, dataset } = opener;
    const { rowAct } = dataset;
    if (!rowAct) return () => document.getElementById(id);
    const rowsOf = (table) => [...(document.getElementById(table)?.querySelectorAll("tbody > tr:not(.slot)") ?? [])];
    const row = opener.closest("tr");
    const table = row.parentElement.closest("[id]").id;
    const place = rowsOf(table).indexOf(row);
    return () => {
      const there = document.getElementById(row.id) ?? rowsOf(table)[place];
      return there?.querySelector(`[data-row-act="${rowAct}"]`) ?? there?.querySelector("[data-row-act]");
    };
  };

  const giveFocusBack = (slotId) => {
    const find = openers.get(slotId);
    const opener = find?.();
    openers.delete(slotId);
    // Whoever has gone on to something else is not called back.
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    if (opener) {
      opener.focus();
      returned = { opener, find };
    } else document.getElementById("main")?.focus({ preventScroll: true });
  };

  const catchUp = () => {
    if (!missed || opening.size || openForms(document).length) return;
    missed = false;
    htmx.trigger(document.body, CHANGED);
  };

  const close = (card) => {
    const slot = slotOf(card);
    if (!slot) return false;
    slot.replaceChildren();
    giveFocusBack(slot.id);
    catchUp();
    return true;
  };

  /* The button says what will happen, with what is typed: "Receive {qty}". */
  const inWords = (field) => {
    if (!field || !field.value) return "…";
    if (field instanceof RadioNodeList) return [...field].find((one) => one.checked).closest("label").textContent.trim();
    if (field.type === "date") {
      const day = new Date(`${field.value}T00:00:00`);
      const year = day.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
      return Number.isNaN(day.getTime()) ? "…" : day.toLocaleDateString("en-GB", { day: "numeric", month: "short", year });
    }
    return field.tagName === "SELECT" ? field.selectedOptions[0].text : field.value.trim();
  };

  const say = (form) => {
    for (const button of form.querySelectorAll("[data-says]")) {
      button.textContent = button.dataset.says.replace(/\{(\w+)\}/g, (_, name) => inWords(form.elements[name]));
    }
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-act-open]");
    if (opener) openers.set(opener.dataset.actOpen, findLater(opener));

    const leaving = event.target.closest("[data-act-close]");
    if (leaving && close(leaving.closest(CARD))) event.preventDefault();
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-act-form]");
    if (form) say(form);
  });

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.(`.act-slot ${CARD}`);
    if (!card || event.defaultPrevented) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close(card);
    } else if (event.key === "Enter" && event.target.tagName === "SELECT") {
      event.preventDefault();
      card.requestSubmit();
    }
  });

  const holdBack = (event, asking) => {
    if (!isPanel(asking) || !isAtWork(asking)) return;
    event.preventDefault();
    missed = true;
  };

  document.addEventListener("htmx:before:request", (event) => {
    const { sourceElement, target } = event.detail.ctx;
    if (target?.matches?.(".act-slot")) opening.add(target);
    holdBack(event, sourceElement);
  });

  // What a panel asked for before its reader opened a form comes too late: it would take the form away.
  document.addEventListener("htmx:before:swap", (event) => holdBack(event, event.detail.ctx.sourceElement));

  document.addEventListener("htmx:finally:request", (event) => {
    if (opening.delete(event.detail.ctx.target)) catchUp();
  });

  /* What a form was opened by may be drawn anew after the act, and has the focus again; where it went with what the act
     changed, the content has it, not the top of the page. */
  const holdFocus = () => {
    if (!returned || document.activeElement === returned.opener) return;
    const { opener, find } = returned;
    returned = null;
    if (document.activeElement !== document.body || opener.isConnected) return;
    const again = find();
    (again ?? document.getElementById("main")).focus({ preventScroll: true });
    if (again) returned = { opener: again, find };
  };

  const seen = new WeakSet();
  const foreseen = new WeakSet();
  document.addEventListener("htmx:after:swap", () => {
    for (const card of openForms(document)) {
      // What the act would do makes the form longer once; its button stays in view.
      if (!foreseen.has(card) && card.querySelector(".consequences")) {
        foreseen.add(card);
        card.scrollIntoView({ block: "nearest" });
      }
      if (seen.has(card)) continue;
      seen.add(card);
      // A notice that led to a form has said what it had to say, and would lie over it.
      openers.get(slotOf(card)?.id)?.()?.closest(".notice")?.remove();
      focusInto(card);
      if (card.matches("[data-act-form]")) say(card);
    }
    for (const slotId of [...openers.keys()]) {
      const slot = document.getElementById(slotId);
      if (slot && !slot.querySelector(CARD) && slot.dataset.was === "open") {
        delete slot.dataset.was;
        giveFocusBack(slotId);
      } else if (slot?.querySelector(CARD)) slot.dataset.was = "open";
    }
    holdFocus();
    catchUp();
  });
})();
