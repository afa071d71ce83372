// A thread keeps its place: at its end it stays at the end; whoever reads above is not moved and hears of what is new.
(() => {
  const NEAR = 80;
  let anchor = null;
  const scroller = () => document.getElementById("messages-scroll");
  const isAtEnd = (box) => Math.abs(box.scrollTop) < NEAR; // the box is turned upside down: its end is 0

  function regroup(list) {
    let before = null;
    for (const item of list.children) {
      const isJoined = Boolean(item.dataset.group) && item.dataset.group === before?.dataset.group;
      item.classList.toggle("joined", isJoined);
      before?.classList.toggle("joined-next", isJoined);
      before = item;
    }
    before?.classList.remove("joined-next");
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = scroller();
    if (event.target.id !== "messages" || !box) return;
    const top = box.getBoundingClientRect().top;
    const first = isAtEnd(box) ? null : [...event.target.children].find((item) => item.getBoundingClientRect().bottom > top);
    anchor = first && { id: first.id, top: first.getBoundingClientRect().top };
    anchor && (anchor.last = event.target.lastElementChild?.id);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const box = scroller();
    if (event.target.id !== "messages" || !box) return;
    regroup(event.target);
    if (!anchor) return void (box.scrollTop = 0);
    const now = document.getElementById(anchor.id)?.getBoundingClientRect().top;
    if (now !== undefined) box.scrollTop += now - anchor.top;
    if (event.target.lastElementChild.id !== anchor.last) document.getElementById("newer").hidden = false;
  });

  document.addEventListener("scroll", (event) => {
    if (event.target === scroller() && isAtEnd(event.target)) document.getElementById("newer").hidden = true;
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#newer")) scroller().scrollTo({ top: 0, behavior: "smooth" });
    const quote = event.target.closest("a.quote[href]");
    const original = quote && document.getElementById(quote.hash.slice(1));
    if (!quote) return;
    event.preventDefault();
    point(original);
  });

  function point(bubble) {
    bubble?.scrollIntoView({ block: "center" });
    bubble?.classList.add("found");
    setTimeout(() => bubble?.classList.remove("found"), 2_500);
  }
  const pointFound = () => scroller()?.dataset.found && point(document.getElementById(scroller().dataset.found));
  document.addEventListener("htmx:afterSettle", (event) => event.target.id === "content" && pointFound());
  pointFound();
})();
