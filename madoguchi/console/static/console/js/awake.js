// While a code is shown, the screen stays on: a customer is looking for their phone.
(() => {
  if (!document.querySelector("[data-awake]") || !("wakeLock" in navigator)) return;
  const ask = () => document.visibilityState === "visible" && navigator.wakeLock.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", ask);
  ask();
})();
