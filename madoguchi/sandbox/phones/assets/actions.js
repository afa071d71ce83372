// What happens when somebody taps: the action objects of LINE (developers.line.biz/en/reference/messaging-api/#action-objects).
import * as api from "./api.js";
import { h } from "./dom.js";
import { map, PLACES } from "./places.js";
import { panel } from "./sheet.js";
import { t } from "./words.js";

/** Messages that carry a quote token and can be quoted. */
export const QUOTABLE = new Set(["text", "textV2", "sticker", "image", "video", "flex", "template"]);

/** Carry out an action of a button, a quick reply, an area. */
export async function act(chat, action) {
  const run = ACTIONS[action?.type];
  if (!run) return;
  try {
    await run(chat, action);
  } catch (error) {
    chat.phone.failed(error);
  }
}

const ACTIONS = {
  message: (chat, action) => chat.send({ type: "text", text: action.text }),
  uri: (chat, action) => chat.phone.follow(action.uri),
  clipboard: (chat, action) => copy(chat, action.clipboardText),
  camera: (chat) => chat.composer.camera(),
  cameraRoll: (chat) => chat.composer.pick("image"),
  location: (chat) => pickPlace(chat),
  datetimepicker: pickMoment,
  postback: async (chat, action) => {
    const shown = action.displayText ?? action.text;
    await post(chat, { data: action.data, ...(shown ? { displayText: shown } : {}) });
    INPUTS[action.inputOption]?.(chat, action);
  },
  richmenuswitch: (chat, action) => chat.richMenu.switchTo(action),
};

const INPUTS = {
  closeRichMenu: (chat) => chat.richMenu.open(false),
  openRichMenu: (chat) => chat.richMenu.open(true),
  openKeyboard: (chat, action) => chat.composer.write(action.fillInText ?? ""),
  openVoice: (chat) => chat.composer.focus(),
};

async function post(chat, body) {
  await api.postback(chat.personId, chat.channelId, body);
  chat.changed(null);
}

/** Put text on the clipboard and say so. */
export async function copy(chat, text) {
  try {
    await navigator.clipboard.writeText(text);
    chat.toast(t("copied"));
  } catch {
    chat.toast(t("copy.refused"));
  }
}

/** Ask for a date, a time or both, and send it as the postback's params. */
function pickMoment(chat, action) {
  const kinds = { date: "date", time: "time", datetime: "datetime-local" };
  const input = h("input", {
    type: kinds[action.mode],
    value: action.initial ?? "",
    min: action.min,
    max: action.max,
    required: true,
    autofocus: true,
    "aria-label": action.label ?? t("pick.moment"),
  });
  const send = (event) => {
    event.preventDefault();
    close();
    post(chat, { data: action.data, params: { [action.mode]: input.value } }).catch((error) => chat.phone.failed(error));
  };
  const close = panel(
    chat.phone,
    action.label ?? t("pick.moment"),
    h("form", { class: "panel-form", onsubmit: send }, input, h("button", { type: "submit", class: "primary" }, t("send"))),
  );
}

/** Choose a place from the map and send it. */
export function pickPlace(chat) {
  const close = panel(
    chat.phone,
    t("place.choose"),
    h(
      "ul",
      { class: "places" },
      PLACES.map((place) =>
        h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              onclick: () => {
                close();
                chat.send({ type: "location", ...place });
              },
            },
            map(place.latitude, place.longitude),
            h("span", {}, h("b", {}, place.title), h("small", {}, place.address)),
          ),
        ),
      ),
    ),
  );
}

/** Show a place large, with its coordinates to copy. */
export function openPlace(chat, message) {
  const coordinates = `${message.latitude}, ${message.longitude}`;
  panel(
    chat.phone,
    message.title || t("kind.location"),
    h(
      "div",
      { class: "place-large" },
      map(message.latitude, message.longitude),
      h("p", {}, message.address),
      h("button", { type: "button", class: "quiet num", onclick: () => copy(chat, coordinates) }, coordinates),
    ),
  );
}

/** Send files as what they are: pictures together as one set, everything else one by one. */
export async function sendAll(chat, files) {
  const images = files.filter((file) => kindOf(file) === "image");
  if (images.length) await chat.sendFiles("image", images);
  for (const file of files.filter((one) => !images.includes(one))) {
    const type = kindOf(file);
    await chat.sendFiles(type, [file], type === "file" ? {} : { duration: await durationOf(file) });
  }
}

const IMAGES = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

function kindOf(file) {
  if (IMAGES.has(file.type)) return "image";
  const kind = file.type.split("/")[0];
  return kind === "video" || kind === "audio" ? kind : "file";
}

/** The length of a recording in milliseconds; a recording that the browser cannot read counts as a second. */
function durationOf(file) {
  return new Promise((answer) => {
    const element = document.createElement(kindOf(file));
    const url = URL.createObjectURL(file);
    const done = (seconds) => {
      URL.revokeObjectURL(url);
      answer(Math.round((Number.isFinite(seconds) && seconds > 0 ? seconds : 1) * 1000));
    };
    element.addEventListener("loadedmetadata", () => done(element.duration));
    element.addEventListener("error", () => done(1));
    element.preload = "metadata";
    element.src = url;
  });
}
