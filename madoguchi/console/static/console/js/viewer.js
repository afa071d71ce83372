// Pictures of a thread at full size: arrows go on, Escape leaves, a click zooms.
(() => {
  let pictures = [], at = 0;
  const viewer = () => document.getElementById("viewer");

  function show(index) {
    at = (index + pictures.length) % pictures.length;
    const box = viewer(), link = pictures[at];
    delete box.dataset.zoom;
    box.querySelector("img").src = link.href;
    box.querySelector("[data-save]").href = link.href;
    box.querySelector("#viewer-title").textContent = `${at + 1} / ${pictures.length}  ${link.dataset.picture}`;
    for (const button of box.querySelectorAll("[data-step]")) button.hidden = pictures.length < 2;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-picture]"), box = viewer();
    if (link && box && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      pictures = [...document.querySelectorAll("#messages [data-picture]")];
      box.showModal();
      show(pictures.indexOf(link));
    } else if (event.target.closest("#viewer [data-step]")) {
      show(at + Number(event.target.closest("[data-step]").dataset.step));
    } else if (event.target.matches("#viewer img")) {
      box.toggleAttribute("data-zoom");
    } else if (event.target.matches(".viewer-stage")) {
      box.close();
    }
  });
  document.addEventListener("keydown", (event) => {
    const by = viewer()?.open && { ArrowRight: 1, ArrowLeft: -1, j: 1, k: -1 }[event.key];
    if (by) show(at + by);
    else if (viewer()?.open && event.key === "z") viewer().toggleAttribute("data-zoom");
  });
})();
