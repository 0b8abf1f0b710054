/* Files that are chosen to be sent: named with their sizes before they leave, counted in the button, and stopped in words
   where they are more than the desk takes. Without this the browser's own field does the same job. */
"use strict";

(() => {
  const UNITS = ["B", "kB", "MB", "GB"];

  const inWords = (bytes) => {
    let size = bytes;
    let unit = 0;
    while (size >= 1000 && unit < UNITS.length - 1) {
      size /= 1000;
      unit += 1;
    }
    return `${unit && size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
  };

  const show = (form) => {
    const files = [...form.elements.files.files];
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const tooLarge = total > Number(form.dataset.largest);

    const list = form.querySelector("[data-files-chosen]");
    list.hidden = !files.length;
    list.replaceChildren(
      ...files.map((file) => {
        const row = document.createElement("li");
        const name = document.createElement("span");
        const size = document.createElement("span");
        name.textContent = file.name;
        size.textContent = inWords(file.size);
        size.className = "tabular ink-3";
        row.append(name, size);
        return row;
      }),
    );

    form.querySelector("[data-files-too-large]").hidden = !tooLarge;
    const button = form.querySelector("[data-files-send]");
    button.disabled = tooLarge;
    const what = files.length === 1 ? "Look at it" : `Look at ${files.length} files`;
    button.textContent = files.length ? `${what} · ${inWords(total)}` : "Look at them";
  };

  const formOf = (event) => event.target.closest?.("[data-files-form]");

  document.addEventListener("change", (event) => {
    const form = formOf(event);
    if (form) show(form);
  });

  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => {
      event.target.closest?.(".files-drop")?.classList.toggle("is-over", over);
    });
  }

  document.addEventListener("submit", (event) => {
    const form = formOf(event);
    if (!form) return;
    const button = form.querySelector("[data-files-send]");
    button.textContent = "Sending…";
    button.setAttribute("aria-busy", "true");
    // Disabled only after the browser has gathered what it sends.
    setTimeout(() => { button.disabled = true; });
  });

  /* Whoever comes back by the browser's own button finds a form that can be sent again. */
  window.addEventListener("pageshow", (event) => {
    const form = document.querySelector("[data-files-form]");
    if (event.persisted && form) show(form);
  });
})();
