// The bubbles of a chat, one drawing per kind of message.
import { openPlace, QUOTABLE } from "./actions.js";
import { avatar, h, picture } from "./dom.js";
import { flex } from "./flex.js";
import { icon } from "./icons.js";
import { summary } from "./log.js";
import { map } from "./places.js";
import { player, view } from "./media.js";
import { sticker } from "./stickers.js";
import { imagemap, template } from "./template.js";
import { clockTime, length, size, t } from "./words.js";

const WIDE = new Set(["flex", "template", "imagemap"]);

/** The list item for one thing of the log (`arrange` says what things there are). */
export function bubble(item, chat) {
  if (item.kind === "day") return h("li", { class: "day" }, h("span", {}, item.text));
  if (item.kind === "note") return h("li", { class: "note" }, h("span", {}, item.text));
  if (item.kind === "loading") return theirs(item, chat, h("div", { class: "bubble dots", role: "status", "aria-label": t("chat.loading") }, h("i"), h("i"), h("i")));
  return item.message.direction === "in" ? mine(item, chat) : theirs(item, chat, body(item, chat));
}

function mine(item, chat) {
  const { message } = item;
  let meta;
  if (message.failed) {
    meta = h("button", { type: "button", class: "again", "aria-label": t("send.failed"), onclick: message.failed }, "!");
  } else if (message.sending) {
    meta = h("span", { class: "meta sending", "aria-label": t("send.sending") }, icon("send", 13));
  } else {
    meta = h("span", { class: "meta num" }, message.readByBot ? h("span", {}, t("chat.read")) : null, item.ends ? h("time", {}, clockTime(message.at)) : null);
  }
  return h("li", { class: classes("mine", item) }, more(item, chat), meta, body(item, chat));
}

function theirs(item, chat, content) {
  const account = chat.phone.account(chat.channelId);
  const message = item.message ?? {};
  const { name, iconUrl } = message.sender ?? {};
  const begins = item.begins ?? true;
  const face = begins ? avatar({ id: name ?? chat.channelId, name: name ?? account.name, url: iconUrl ?? (name ? "" : account.iconUrl) }, 36) : h("span", { class: "no-face" });
  return h(
    "li",
    { class: classes("theirs", item) },
    face,
    h(
      "div",
      { class: "stack" },
      begins && item.message ? h("span", { class: "sender" }, name ? t("chat.sender", { name, account: account.name }) : account.name) : null,
      h("div", { class: "line" }, content, item.ends && item.message ? h("span", { class: "meta num" }, h("time", {}, clockTime(message.at))) : null, item.message ? more(item, chat) : null),
    ),
  );
}

function classes(side, { message, begins, ends }) {
  return ["message", side, begins && "begins", ends && "ends", WIDE.has(message?.type) && "wide", message?.sending && "is-sending"].filter(Boolean).join(" ");
}

/** The way to the menu for those who neither press long nor click right. */
function more(item, chat) {
  if (item.images.length > 1) return null;
  if (item.message.sending || item.message.failed) return null;
  if (!QUOTABLE.has(item.message.type) && item.message.direction !== "in") return null;
  return h("button", { type: "button", class: "more", "aria-label": t("message.menu"), "aria-haspopup": "menu", onclick: () => chat.menuFor(item.message) }, icon("more", 16));
}

function body(item, chat) {
  const { message } = item;
  const draw = KINDS[message.type] ?? unknown;
  const element = draw(message, chat, item);
  if (item.images.length === 1) element.dataset.menu = message.id;
  return element;
}

const KINDS = {
  text: (message, chat, item) => h("div", { class: "bubble text" }, quote(item, chat), h("p", {}, rich(message))),
  textV2: (message, chat, item) => KINDS.text(message, chat, item),
  sticker: (message, chat, item) => (item.quoted ? h("div", { class: "bubble text" }, quote(item, chat), sticker(message)) : sticker(message)),
  image: photo,
  video: film,
  audio: (message, chat) => player(source(message), message.duration, chat),
  file,
  location: place,
  flex: (message, chat) => flex(message.contents, chat, message.altText),
  template: (message, chat) => template(message.template, chat, message.altText),
  imagemap: (message, chat) => imagemap(message, chat),
  coupon: () => h("div", { class: "bubble card" }, icon("gift", 28), h("b", {}, t("kind.coupon"))),
};

/** Where a media message's file is: on its way from this page, kept by the emulator, or kept by the account. */
const source = (message) => message.localUrl ?? message.contentUrl ?? message.originalContentUrl ?? message.contentProvider?.originalContentUrl ?? "";
const preview = (message) => message.localUrl ?? message.previewImageUrl ?? message.previewUrl ?? source(message);

function photo(message, chat, { images }) {
  if (images.length === 1) return onePhoto(message, chat);
  const tiles = images.map((image) => onePhoto(image, chat));
  tiles.forEach((tile, index) => (tile.dataset.menu = images[index].id));
  return h("div", { class: images.length > 4 ? "collage three" : "collage" }, tiles);
}

function onePhoto(message, chat) {
  return h(
    "button",
    { type: "button", class: "picture", "aria-label": t("kind.image"), onclick: () => view(chat.phone, source(message)) },
    h("img", { src: preview(message), alt: t("kind.image"), onerror: (event) => missing(event.target) }),
  );
}

/** An image that cannot be had is said so rather than shown as a broken mark. */
function missing(image) {
  image.replaceWith(h("span", { class: "missing" }, icon("picture", 26), t("image.missing")));
}

function film(message, chat) {
  const poster = message.previewImageUrl;
  const open = () => view(chat.phone, source(message), "video");
  return h(
    "button",
    { type: "button", class: "picture film", "aria-label": t("kind.video"), onclick: open },
    poster ? h("img", { src: poster, alt: "" }) : h("video", { src: source(message), preload: "metadata", muted: true }),
    h("span", { class: "play" }, icon("play", 26)),
    message.duration ? h("span", { class: "duration num" }, length(message.duration)) : null,
  );
}

function file(message) {
  return h(
    "a",
    { class: "bubble card", href: source(message), download: message.fileName, target: "_blank", rel: "noopener" },
    icon("file", 30),
    h("span", {}, h("b", {}, message.fileName), h("small", { class: "num" }, size(message.fileSize ?? 0))),
  );
}

function place(message, chat) {
  return h(
    "button",
    { type: "button", class: "bubble place", onclick: () => openPlace(chat, message) },
    map(message.latitude, message.longitude),
    h("b", {}, message.title || t("kind.location")),
    h("small", {}, message.address),
  );
}

function unknown(message) {
  return h("div", { class: "bubble text unknown" }, h("p", {}, message.altText ?? t("kind.unknown", { type: message.type })));
}

function quote({ quoted }, chat) {
  if (!quoted) return null;
  const account = chat.phone.account(chat.channelId);
  const name = quoted.direction === "in" ? chat.phone.person.name : (quoted.sender?.name ?? account.name);
  const jump = () => chat.log.querySelector(`[data-key="${chat.keys.get(quoted.id) ?? quoted.id}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" });
  return h(
    "button",
    { type: "button", class: "quote", onclick: jump },
    quoted.type === "lost" ? null : avatar({ id: name, name, url: quoted.direction === "in" ? chat.phone.person.pictureUrl : (quoted.sender?.iconUrl ?? ""), person: quoted.direction === "in" }, 22),
    h("span", {}, quoted.type === "lost" ? null : h("b", {}, name), h("small", {}, summary(quoted))),
    quoted.type === "image" && preview(quoted) ? picture({ src: preview(quoted) }) : null,
    quoted.type === "sticker" && quoted.stickerId ? sticker(quoted, 34) : null,
  );
}

/** Text with its LINE emoji places as small faces, and its addresses as links. */
function rich(message) {
  const pieces = [];
  let from = 0;
  for (const { index, length: span = 1 } of [...(message.emojis ?? [])].sort((a, b) => a.index - b.index)) {
    pieces.push(...linked(message.text.slice(from, index)), h("span", { class: "emoji", "aria-hidden": "true" }, icon("smile", 18)));
    from = index + span;
  }
  pieces.push(...linked(message.text.slice(from)));
  return pieces;
}

function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"」』）]+)/).map((part, index) =>
    index % 2 ? h("a", { href: part, target: "_blank", rel: "noopener", "data-follow": "" }, part) : part,
  );
}
