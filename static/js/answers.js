/* What somebody asked for last is what stands there, and the address says the same, in whatever order the answers come.

   Three kinds of question lead to what stands there: a way (a link that brings a panel and its address), a way back (the
   browser's own, for which htmx asks for the whole page), and a panel that reads itself again. An answer that came too
   late for what was wished meanwhile is left out; one whose panel was put there anew meanwhile goes into the new one. */
"use strict";

(() => {
  const CHANGED = "backorder-changed";
  const PANEL = "[data-live]";
  const asked = new WeakMap(); // a request → when it was asked, and by a panel for which address
  let moment = 0; // counted up by whatever happens
  let shown = 0; // when the way was asked for that stands there
  let wentBack = 0; // when somebody went back or forth last
  let changed = 0; // when something changed last

  const isWayBack = (ctx) => "HX-History-Restore-Request" in (ctx.request.headers ?? {});
  const isWay = (ctx) => Boolean(ctx.push) && !isWayBack(ctx);
  const isReadAgain = (ctx) => Boolean(ctx.sourceElement?.matches?.(PANEL)) && ctx.target === ctx.sourceElement;
  const addressOf = (panel) => panel.getAttribute("hx-get");

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    moment += 1;
    if (isWayBack(ctx)) wentBack = moment;
    asked.set(ctx, { at: moment, address: isReadAgain(ctx) ? addressOf(ctx.sourceElement) : null });
  });

  document.addEventListener(CHANGED, () => {
    moment += 1;
    changed = moment;
  });

  const comesTooLate = (ctx, { at, address }) => {
    if (isWayBack(ctx)) return ctx.request.action !== window.location.pathname + window.location.search;
    if (isWay(ctx)) return at < wentBack || at < shown;
    return address !== null && ctx.sourceElement.isConnected && addressOf(ctx.sourceElement) !== address;
  };

  /* Asked before htmx looks whether the place for the answer is still there. */
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    const question = asked.get(ctx);
    if (!question) return;
    if (comesTooLate(ctx, question)) {
      event.preventDefault();
      // What changed is to be seen at the address that stands there now.
      if (question.address !== null) htmx.trigger(document.body, CHANGED);
    } else if (isWay(ctx) || isWayBack(ctx)) {
      shown = question.at;
      if (ctx.target?.isConnected === false) ctx.target = document.getElementById(ctx.target.id) ?? ctx.target;
    }
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    const question = asked.get(ctx);
    if (question?.address !== null || !(isWay(ctx) || isWayBack(ctx))) return;
    // What changed while one waited for the answer may not be in it yet.
    if (question.at < changed) htmx.trigger(document.body, CHANGED);
  });
})();
