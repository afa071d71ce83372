// Template messages (buttons, confirm, carousel, image carousel) and imagemaps.
import { act } from "./actions.js";
import { h, picture } from "./dom.js";
import { t } from "./words.js";

/** A template: → the card, or the row of cards to swipe through. */
export function template(content, chat, altText) {
  const draw = TEMPLATES[content?.type];
  if (!draw) return h("div", { class: "bubble text" }, h("p", {}, altText ?? ""));
  const element = draw(content, chat);
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", altText ?? "");
  return element;
}

const TEMPLATES = {
  buttons: (content, chat) => card(content, chat, content),
  confirm: (content, chat) => h("div", { class: "template confirm" }, h("p", {}, content.text), h("div", {}, content.actions.map((one) => choice(one, chat)))),
  carousel: (content, chat) => h("div", { class: "swipe", tabindex: "0" }, content.columns.map((column) => card(column, chat, content))),
  image_carousel: (content, chat) =>
    h(
      "div",
      { class: "swipe", tabindex: "0" },
      content.columns.map(({ imageUrl, action }) =>
        h("button", { type: "button", class: "template picture-card", onclick: () => act(chat, action) }, picture({ src: imageUrl }), h("span", {}, action.label)),
      ),
    ),
};

function card({ thumbnailImageUrl, imageBackgroundColor, title, text, actions, defaultAction }, chat, { imageAspectRatio, imageSize }) {
  const image =
    thumbnailImageUrl &&
    picture({
      src: thumbnailImageUrl,
      class: imageAspectRatio === "square" ? "square" : null,
      style: { "object-fit": imageSize === "contain" ? "contain" : "cover", "background-color": imageBackgroundColor ?? "#fff" },
    });
  const words = [image, h("div", { class: "template-text" }, title ? h("b", {}, title) : null, h("p", {}, text))];
  return h(
    "div",
    { class: "template" },
    defaultAction ? h("button", { type: "button", class: "template-main", onclick: () => act(chat, defaultAction) }, words) : words,
    h("div", { class: "template-actions" }, actions.map((one) => choice(one, chat))),
  );
}

const choice = (action, chat) => h("button", { type: "button", onclick: () => act(chat, action) }, action.label);

/** A picture with areas; the picture is the 1040 pixel wide one at `{baseUrl}/1040`. */
export function imagemap(message, chat) {
  const { width = 1040, height = 1040 } = message.baseSize ?? {};
  const share = (part, whole) => `${(part / whole) * 100}%`;
  const areas = (message.actions ?? []).map((action) =>
    h("button", {
      type: "button",
      "aria-label": action.label ?? action.text ?? action.linkUri ?? t("area"),
      style: {
        "inset-inline-start": share(action.area.x, width),
        "inset-block-start": share(action.area.y, height),
        "inline-size": share(action.area.width, width),
        "block-size": share(action.area.height, height),
      },
      onclick: () => act(chat, action.type === "uri" ? { type: "uri", uri: action.linkUri } : action),
    }),
  );
  const image = picture({ src: `${message.baseUrl}/1040`, alt: message.altText });
  return h("div", { class: "imagemap", style: { "aspect-ratio": `${width} / ${height}` } }, image, areas);
}
