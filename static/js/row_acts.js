/* Acts at a row: what opens by one opens beneath its row, in a slot that is made when it is needed. Links without it. */
"use strict";

(() => {
  const slotOf = (row) => {
    const id = `${row.id}-slot`;
    const there = document.getElementById(id);
    if (there) return there;
    const cells = [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
    const slotRow = document.createElement("tr");
    slotRow.className = "slot";
    const cell = slotRow.insertCell();
    cell.colSpan = cells;
    const slot = document.createElement("div");
    slot.className = "act-slot";
    slot.id = id;
    cell.append(slot);
    row.after(slotRow);
    return slot;
  };

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("[data-row-act]");
      if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const row = link.closest("tr");
      event.preventDefault();
      const slot = slotOf(row);
      link.dataset.actOpen = slot.id; // the focus comes back to it
      htmx.ajax("GET", link.href, { target: slot, swap: "innerHTML" });
    },
    true,
  );
})();
