// The menu designer: the old picture stays until the new one is there, and on a phone the chosen form comes into view.
(() => {
  const picture = () => document.querySelector("[data-picture] > img:not(.before)");
  let before;

  const remember = () => (before = picture());
  function carryOver() {
    const now = picture();
    if (!now || !before || before === now || before.src === now.src || now.complete) return;
    const old = before.cloneNode();
    old.className = "before";
    now.after(old);
    for (const name of ["load", "error"]) now.addEventListener(name, () => old.remove(), { once: true });
  }
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSettle", carryOver);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("#designer a[hx-get]");
    if (!opener || !matchMedia("(max-width: 900px)").matches || opener.closest(".strip")) return;
    document.addEventListener("htmx:afterSettle", () => document.getElementById("menu-form")?.scrollIntoView({ behavior: "smooth" }), { once: true });
  });
})();
