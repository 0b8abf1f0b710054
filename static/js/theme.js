/* Sets light or dark before the first paint, and remembers both the choice and the width of the sidebar.
   Loaded in the head and not deferred: a later script would let the other theme flash. */
"use strict";

(() => {
  const root = document.documentElement;
  const machineIsDark = window.matchMedia("(prefers-color-scheme: dark)");

  // A browser that forbids storage still gets a theme, it only forgets the choice.
  const remembered = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const remember = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      /* The choice holds until the page is left. */
    }
  };

  /* What the person said for every browser holds where this one was told nothing since they said it. */
  const readers = root.dataset.readersTheme;
  if (readers && remembered("desk-readers-theme") !== readers) {
    remember("desk-readers-theme", readers);
    remember("desk-theme", readers);
  }
  let choice = remembered("desk-theme") || readers || "auto";

  const show = (theme) => {
    if (root.dataset.bsTheme === theme) return;
    root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("desk:theme"));
  };

  const apply = () => {
    root.dataset.themeChoice = choice;
    show(choice === "auto" ? (machineIsDark.matches ? "dark" : "light") : choice);
  };

  root.classList.add("js");
  apply();
  if (remembered("desk-sidebar") === "collapsed") root.dataset.sidebar = "collapsed";
  machineIsDark.addEventListener("change", apply);

  // Paper is light. The charts have their colours written into them, so the theme itself changes while it prints.
  window.addEventListener("beforeprint", () => show("light"));
  window.addEventListener("afterprint", apply);

  window.desk = {
    chooseTheme(theme) {
      choice = theme;
      remember("desk-theme", theme);
      apply();
    },
    toggleSidebar() {
      const collapsed = root.dataset.sidebar !== "collapsed";
      root.dataset.sidebar = collapsed ? "collapsed" : "open";
      remember("desk-sidebar", root.dataset.sidebar);
      return collapsed;
    },
  };
})();
