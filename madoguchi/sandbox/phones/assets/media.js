// Looking at pictures and films, and listening.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { button, cover } from "./sheet.js";
import { length, t } from "./words.js";

/** A picture or film over the whole phone. */
export function view(phone, address, kind = "image") {
  const shown =
    kind === "video"
      ? h("video", { src: address, controls: true, autoplay: true, playsinline: true })
      : h("img", { src: address, alt: t("kind.image") });
  const close = cover(
    phone,
    { label: t(`kind.${kind}`), kind: "full" },
    h(
      "header",
      {},
      button("close", t("close"), () => close(), { autofocus: true }),
      h("a", { class: "icon-button", href: address, download: "", "aria-label": t("save"), title: t("save") }, icon("download")),
    ),
    shown,
  );
}

/** A voice message: play, pause, how far. `duration` in milliseconds. */
export function player(address, duration, chat) {
  const sound = new Audio();
  sound.preload = "none";
  const time = h("span", { class: "num" }, length(duration ?? 0));
  const bar = h("i", {});
  const toggle = h("button", { type: "button", "aria-label": t("audio.play") }, icon("play", 20));
  const show = () => {
    toggle.replaceChildren(icon(sound.paused ? "play" : "pause", 20));
    toggle.setAttribute("aria-label", t(sound.paused ? "audio.play" : "audio.pause"));
  };
  toggle.addEventListener("click", () => {
    if (!sound.src) sound.src = address;
    if (sound.paused) sound.play().catch(() => chat.toast(t("audio.refused")));
    else sound.pause();
  });
  for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, show);
  sound.addEventListener("timeupdate", () => {
    const whole = Number.isFinite(sound.duration) ? sound.duration * 1000 : (duration ?? 1);
    const gone = sound.currentTime * 1000;
    time.textContent = length(sound.ended ? whole : whole - gone);
    bar.style.setProperty("inline-size", `${sound.ended ? 0 : Math.min(100, (gone / whole) * 100)}%`);
  });
  return h("div", { class: "bubble audio" }, toggle, h("span", { class: "track" }, bar), time);
}
