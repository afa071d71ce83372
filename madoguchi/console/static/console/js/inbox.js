// The queue beside the thread: which row is open, what a refresh must keep, and which pane a phone shows.
(() => {
  const opened = () => document.getElementById("thread")?.dataset.conversation ?? "";

  function mark(id) {
    for (const row of document.querySelectorAll("[data-row]")) {
      row.dataset.opens === id ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
    }
  }

  function show(pane) {
    const panes = document.getElementById("panes");
    if (panes) panes.dataset.pane = pane;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    const { path, parameters } = event.detail;
    if (!path.startsWith("/inbox")) return;
    parameters.current = opened();
    if (path === "/inbox/rows") parameters.shown = document.querySelectorAll("[data-row]").length;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) mark(row.dataset.opens);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "content") return;
    show(opened() ? "thread" : "queue");
    document.title = document.title.replace(/^(\(\d+\) )?(.* · )?(?=[^·]+ · [^·]+$)/, `$1${document.getElementById("thread")?.ariaLabel ?? ""} · `);
  });
  const revealView = () => document.querySelector(".views-strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  document.addEventListener("htmx:afterSettle", (event) => {
    mark(opened());
    if (event.target.id === "queue") revealView();
  });
  revealView();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show]");
    if (!link) return;
    const isOpen = document.getElementById("panes")?.dataset.pane === link.dataset.show;
    show(isOpen && link.dataset.show === "customer" ? "thread" : link.dataset.show);
    if (link.dataset.show !== "queue") return;
    event.preventDefault();
    history.pushState({}, "", link.href);
  });
  window.addEventListener("popstate", () => location.reload());
})();
