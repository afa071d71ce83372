// Dialogs, menus and toasts: opening, and leaving by Escape, by a click beside them, or when their work is done.
(() => {
  const TOAST_SECONDS = 9;
  const open = (dialog) => {
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // Not on a phone: its keyboard would cover what there is to choose from.
    if (!matchMedia("(pointer: coarse)").matches) dialog.querySelector("[data-focus]")?.focus();
    dialog.dispatchEvent(new CustomEvent("opened", { bubbles: true }));
  };

  document.addEventListener("open-dialog", (event) => open(document.getElementById(event.detail)));
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) open(document.getElementById(opener.dataset.open));
    if (event.target.closest("[data-close]") || event.target.matches("dialog")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      const inside = menu.contains(event.target);
      if (!inside || (event.target.closest(".menu-card :is(a, button)") && !event.target.closest("[aria-pressed]"))) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("[data-menu][open]");
    if (menu) (menu.open = false), menu.querySelector("summary").focus();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "dialog-slot") open(event.target.querySelector("dialog"));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.matches("[data-closes]")) event.target.closest("dialog")?.close();
  });

  // What the page does by itself (live updates, presence) fails in silence: the line about the connection tells of it.
  const DEEDS = ["click", "submit", "change", "input", "search", "keydown"];
  const isOwnDoing = (event) => DEEDS.includes(event.detail.requestConfig.triggeringEvent?.type);
  document.addEventListener("htmx:sendError", (event) => {
    if (isOwnDoing(event)) document.getElementById("toasts").append(document.getElementById("toast-unreachable").content.cloneNode(true));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 500 && !isOwnDoing(event)) event.detail.shouldSwap = false;
  });

  new MutationObserver((changes) => {
    for (const change of changes)
      for (const toast of change.addedNodes) if (toast.nodeType === 1) setTimeout(() => toast.remove(), TOAST_SECONDS * 1_000);
  }).observe(document.getElementById("toasts"), { childList: true });

  // A customer's picture that cannot be had leaves the initial below it.
  document.addEventListener("error", (event) => event.target.closest?.(".avatar") && event.target.remove(), true);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js").catch(() => {});
})();
