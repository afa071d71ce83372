// The console as an app on the home screen: offered once, by the browser's own question or, on an iPhone, in words.
(() => {
  const KEY = "install", panel = document.querySelector("[data-install]");
  const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
  if (!panel || isInstalled || localStorage.getItem(KEY) === "never") return;
  let question;

  function show(how) {
    for (const part of panel.querySelectorAll("[data-install-when]")) part.hidden = part.dataset.installWhen !== how;
    panel.hidden = false;
  }

  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    question = event;
    show("asks");
  });
  window.addEventListener("appinstalled", () => (panel.hidden = true));
  panel.addEventListener("click", async (event) => {
    if (event.target.closest("[data-install-never]")) localStorage.setItem(KEY, "never");
    else if (event.target.closest("[data-install-now]")) await question.prompt();
    else return;
    panel.hidden = true;
  });
  if (navigator.standalone === false) show("apple"); // only Safari on iOS has this property
})();
