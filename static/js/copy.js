/* A button that copies what stands on the page: its data-copy is the id of the words. */
"use strict";

(() => {
  const SAID_FOR = 2000; // milliseconds

  const copied = async (words) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(words);
    // Without encryption browsers offer only the old way.
    const field = document.createElement("textarea");
    field.value = words;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const words = document.getElementById(button.dataset.copy).textContent.replace(/\s+/g, " ").trim();
    await copied(words);
    const word = button.querySelector("[data-copy-word]");
    const before = word.textContent;
    if (before === button.dataset.copied) return;
    word.textContent = button.dataset.copied;
    setTimeout(() => {
      word.textContent = before;
    }, SAID_FOR);
  });
})();
