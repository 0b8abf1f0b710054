/* Tables whose rows lead somewhere: a click anywhere in the row follows its first link; j and k, or the arrows,
   walk from row to row. The link itself stays the only control, so nothing here is needed to use the table. */
"use strict";

(() => {
  const CONTROLS = "a, button, input, select, textarea, label, summary, details";
  const rowLinks = () => [...document.querySelectorAll(".rows .row-link")].filter((link) => link.offsetParent);

  document.addEventListener("click", (event) => {
    const row = event.target.closest(".rows tbody tr");
    const link = row?.querySelector(".row-link");
    if (!link || event.target.closest(CONTROLS)) return;
    // Whoever marks text to copy it does not want to leave the page.
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.matches("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;

    const onRow = event.target.matches(".row-link");
    const forward = event.key === "j" || (onRow && event.key === "ArrowDown");
    const backward = event.key === "k" || (onRow && event.key === "ArrowUp");
    if (!forward && !backward) return;

    const links = rowLinks();
    if (!links.length) return;
    const here = links.indexOf(event.target.closest("tr")?.querySelector(".row-link")); // also from an act of the row
    const next = here < 0 ? 0 : Math.min(Math.max(here + (forward ? 1 : -1), 0), links.length - 1);
    event.preventDefault();
    links[next].focus();
  });
})();
