// What is left above the keyboard of a phone: Safari lays it over the page, so the page is made as high as what can be seen
// and the message box stands on the keyboard. Browsers that heed `interactive-widget` have done so already.
(() => {
  const seen = window.visualViewport, root = document.documentElement;
  if (!seen) return;
  function fit() {
    const isCovered = seen.scale === 1 && root.clientHeight - seen.height > 80;
    root.style.setProperty("--seen", isCovered ? `${seen.height}px` : "100dvh");
    if (isCovered) window.scrollTo(0, 0);
  }
  seen.addEventListener("resize", fit);
})();
