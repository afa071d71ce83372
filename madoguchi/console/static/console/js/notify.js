// Somebody is waiting: a number in the tab's title, and a short sound for those who want one.
(() => {
  const SOUND = "sound";
  let waiting = null, audio;
  const isOn = () => localStorage.getItem(SOUND) === "on";
  const counts = () => document.getElementById("views")?.dataset;

  function ring() {
    audio ??= new AudioContext();
    const tone = audio.createOscillator(), volume = audio.createGain(), now = audio.currentTime;
    tone.frequency.setValueAtTime(660, now);
    tone.frequency.setValueAtTime(880, now + 0.09);
    volume.gain.setValueAtTime(0.08, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(now);
    tone.stop(now + 0.36);
  }

  function look() {
    if (!counts()) return;
    const unread = Number(counts().unread), now = Number(counts().waitingCount);
    document.title = `${unread ? `(${unread}) ` : ""}${document.title.replace(/^\(\d+\) /, "")}`;
    if (waiting !== null && now > waiting && isOn()) ring();
    waiting = now;
  }

  function mark() {
    for (const button of document.querySelectorAll("[data-sound]")) button.setAttribute("aria-pressed", isOn());
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-sound]")) return;
    localStorage.setItem(SOUND, isOn() ? "off" : "on");
    mark();
    if (isOn()) ring();
  });
  document.addEventListener("htmx:afterSettle", look);
  mark();
  look();
})();
