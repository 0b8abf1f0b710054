/* The search at the top: arrows choose among what is found, Enter opens it, Esc closes. Without this the field is a form. */
(() => {
  "use strict";

  const field = () => document.querySelector("[data-search]");
  const box = () => field()?.closest(".search");
  const options = () => [...(box()?.querySelectorAll("#search-found [role='option']") ?? [])];
  const chosen = () => box()?.querySelector("#search-found [aria-selected='true']");

  const show = (isOpen) => {
    const search = box();
    if (!search) return;
    const hasFound = Boolean(search.querySelector("#search-found")?.childElementCount);
    search.classList.toggle("is-open", isOpen && hasFound);
    field().setAttribute("aria-expanded", String(isOpen && options().length > 0));
    if (!isOpen) choose(null);
  };

  const choose = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (!field()) return;
    if (option) {
      field().setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field().removeAttribute("aria-activedescendant");
  };

  const step = (by) => {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(chosen());
    choose(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[(at + by + all.length) % all.length]);
  };

  document.addEventListener("keydown", (event) => {
    if (event.target !== field() || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      show(true);
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (box().classList.contains("is-open")) show(false);
      else field().blur();
    }
  });

  document.addEventListener("focusin", (event) => {
    if (event.target === field()) show(true);
    else if (!box()?.contains(event.target)) show(false);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!box()?.contains(event.target)) show(false);
  });

  document.addEventListener("htmx:after:swap", () => {
    if (document.activeElement !== field()) return;
    options().forEach((option, place) => {
      option.id = `search-hit-${place + 1}`;
    });
    show(true);
  });
})();
