/* The frame's behaviour: drawer, sidebar, menus, theme, keys, notices, the eye in a password field.
   Everything hangs on one listener at the document, so that what htmx swaps in works without being told. */
"use strict";

(() => {
  const root = document.documentElement;
  const NOTICE_SECONDS = 10;
  const NOTICE_FADES_MS = 200;

  /* Drawer (phone) */
  const drawerButton = () => document.querySelector("[data-drawer-open]");

  const openDrawer = () => {
    root.dataset.drawer = "open";
    document.querySelector(".frame-body").inert = true;
    drawerButton().setAttribute("aria-expanded", "true");
    document.querySelector("#sidebar a").focus();
  };

  const closeDrawer = () => {
    if (root.dataset.drawer !== "open") return false;
    delete root.dataset.drawer;
    document.querySelector(".frame-body").inert = false;
    drawerButton().setAttribute("aria-expanded", "false");
    drawerButton().focus();
    return true;
  };

  /* Menus: only one is open, and it closes when one leaves it */
  const openMenus = () => [...document.querySelectorAll("details.menu[open]")];

  const closeMenusExcept = (kept) => {
    for (const menu of openMenus()) if (!menu.contains(kept)) menu.open = false;
  };

  const closeInnermostMenu = () => {
    const menu = openMenus().pop();
    if (!menu) return false;
    menu.open = false;
    menu.querySelector("summary").focus();
    return true;
  };

  /* One that would end beyond the edge of the page stands so far to the left. */
  const EDGE_PX = 8;

  const placeMenus = () => {
    for (const menu of openMenus()) {
      const sheet = menu.querySelector(":scope > .menu-sheet");
      if (!sheet) continue;
      sheet.style.marginInlineStart = "";
      const { left, right } = sheet.getBoundingClientRect();
      const beyond = right - (root.clientWidth - EDGE_PX);
      if (beyond > 0) sheet.style.marginInlineStart = `${-Math.min(beyond, left - EDGE_PX)}px`;
    }
  };

  /* One that opens beneath the edge of the window comes into view whole, also once what is in it has come. */
  const showWhole = (menu) => menu?.querySelector(":scope > .menu-sheet")?.scrollIntoView({ block: "nearest" });

  const showWhatCame = (event) => {
    const id = event.detail.ctx?.target?.id;
    if (id) showWhole(document.getElementById(id)?.closest("details.menu[open]"));
  };

  /* Theme */
  const markTheme = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      if (button !== root) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === root.dataset.themeChoice));
    }
  };

  /* Sidebar */
  const markSidebar = () => {
    const toggle = document.querySelector("[data-sidebar-toggle]");
    if (toggle) toggle.setAttribute("aria-expanded", String(root.dataset.sidebar !== "collapsed"));
  };

  /* Notices */
  const dismiss = (notice) => {
    notice.classList.add("is-leaving");
    setTimeout(() => notice.remove(), NOTICE_FADES_MS);
  };

  /* What somebody asked for and got no answer to: the panels that read themselves again say so by the live state. */
  const tellNoAnswer = (event) => {
    const { ctx } = event.detail;
    if (!ctx || ctx.response || ctx.sourceElement?.matches("[data-live]")) return;
    const isWayBack = "HX-History-Restore-Request" in (ctx.request?.headers ?? {});
    if (!isWayBack && !ctx.sourceElement?.closest("a, button, form")) return;
    document.querySelector("#errors")?.replaceChildren(document.querySelector("#no-answer").content.cloneNode(true));
  };

  const timed = new WeakSet();
  const timeNotices = () => {
    for (const notice of document.querySelectorAll(".notice:not([data-stays])")) {
      if (timed.has(notice)) continue;
      timed.add(notice);
      let left = NOTICE_SECONDS;
      // It waits while somebody reads it with the pointer or the keyboard on it.
      const tick = setInterval(() => {
        if (!notice.isConnected) return clearInterval(tick);
        if (notice.matches(":hover, :focus-within")) return undefined;
        left -= 1;
        if (left <= 0) {
          clearInterval(tick);
          dismiss(notice);
        }
        return undefined;
      }, 1000);
    }
  };

  document.addEventListener("click", (event) => {
    const at = event.target.closest.bind(event.target);
    closeMenusExcept(event.target);

    // What was chosen comes into the panel beneath; a menu left open would hide it.
    const chosen = at("details.menu a.menu-item");
    if (chosen) chosen.closest("details.menu").open = false;

    if (at("[data-drawer-open]")) openDrawer();
    else if (at("[data-drawer-close]")) closeDrawer();
    else if (at("[data-sidebar-toggle]")) {
      window.desk.toggleSidebar();
      markSidebar();
      window.dispatchEvent(new Event("resize"));
    } else if (at("button[data-theme-choice]")) {
      window.desk.chooseTheme(at("button[data-theme-choice]").dataset.themeChoice);
      markTheme();
    } else if (at("[data-sheet-open]")) {
      document.getElementById(at("[data-sheet-open]").dataset.sheetOpen).showModal();
    } else if (at("[data-sheet-close]")) at("dialog").close();
    else if (event.target.matches("dialog.sheet")) event.target.close();
    else if (at("[data-notice-close]")) dismiss(at(".notice"));
    else if (at("[data-password-eye]")) {
      const eye = at("[data-password-eye]");
      const field = document.getElementById(eye.getAttribute("aria-controls"));
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      eye.setAttribute("aria-pressed", String(shown));
    } else if (at("[data-fill-email]")) {
      const person = at("[data-fill-email]");
      document.getElementById("email").value = person.dataset.fillEmail;
      document.getElementById("password").value = person.dataset.fillPassword;
      document.querySelector("form[name='login_user_form'] [type='submit']").focus();
    }
  });

  const isTyping = (target) =>
    target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && (closeInnermostMenu() || closeDrawer())) event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;

    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys && !keys.open) keys.showModal();
    }
  });

  document.addEventListener("focusin", (event) => closeMenusExcept(event.target));

  const look = () => {
    markTheme();
    markSidebar();
    timeNotices();
  };
  // Where one is stays in sight, however low the screen.
  const showWhereOneIs = () => {
    const sidebar = document.getElementById("sidebar");
    const entry = sidebar?.querySelector(".nav-entry[aria-current]");
    const seen = sidebar ? sidebar.clientHeight - sidebar.querySelector(".sidebar-foot").offsetHeight : 0;
    if (entry && entry.offsetTop + entry.offsetHeight > seen) sidebar.scrollTop = entry.offsetTop - seen / 2;
  };
  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("DOMContentLoaded", showWhereOneIs);
  document.addEventListener("htmx:after:swap", look);
  document.addEventListener("htmx:after:swap", placeMenus);
  document.addEventListener("htmx:after:swap", showWhatCame);
  document.addEventListener("toggle", placeMenus, true);
  document.addEventListener("toggle", (event) => event.target.matches("details.menu[open]") && showWhole(event.target), true);
  // Days that were typed and can be meant: what they leave comes into the panel beneath.
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const menu = ctx?.sourceElement?.closest?.(".menu-days")?.closest("details.menu");
    if (menu && ctx.response?.status === 200) menu.open = false;
  });
  document.addEventListener("htmx:error", tellNoAnswer);
  document.addEventListener("desk:theme", markTheme);
})();
