// Recording a voice message with the computer's microphone; without one, choosing a file.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { panel } from "./sheet.js";
import { length, t } from "./words.js";

/** Open the recorder; `taken(file, milliseconds)` gets the recording, `choose()` is called for a file instead. */
export function record(phone, taken, choose) {
  let recorder = null;
  let began = 0;
  let ticking = 0;
  const time = h("p", { class: "voice-time num", role: "timer" }, length(0));
  const problem = h("p", { class: "hint", role: "alert" });
  const press = h("button", { type: "button", class: "voice-press", "aria-label": t("voice.record"), autofocus: true, onclick: () => (recorder ? stop(true) : start()) }, icon("microphone", 30));
  const file = h(
    "button",
    {
      type: "button",
      class: "quiet",
      onclick: () => {
        close();
        choose();
      },
    },
    t("voice.file"),
  );
  const close = panel(phone, t("voice.title"), h("div", { class: "voice" }, time, press, problem, file));
  const gone = new MutationObserver(() => !press.isConnected && stop(false));
  gone.observe(phone.screen, { childList: true });

  async function start() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      recorder = new MediaRecorder(stream);
    } catch {
      problem.textContent = t("voice.refused");
      return;
    }
    began = performance.now();
    recorder.start();
    ticking = setInterval(() => (time.textContent = length(performance.now() - began)), 200);
    press.classList.add("recording");
    press.setAttribute("aria-label", t("voice.stop"));
  }

  /** End the recording and let go of the microphone; `send` says whether it becomes a message. */
  function stop(send) {
    gone.disconnect();
    clearInterval(ticking);
    if (!recorder) return;
    const milliseconds = Math.round(performance.now() - began);
    const { mimeType, stream } = recorder;
    recorder.addEventListener("dataavailable", ({ data }) => {
      if (send) taken(new File([data], `voice.${mimeType.includes("mp4") ? "m4a" : "webm"}`, { type: mimeType }), milliseconds);
    });
    recorder.stop();
    recorder = null;
    for (const track of stream.getTracks()) track.stop();
    if (send) close();
  }
}
