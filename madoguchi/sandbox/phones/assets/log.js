// From a chat's messages to the things drawn in its log: days, bubbles with what stands beside them, the loading dots.
import { clockTime, dayName, t } from "./words.js";

/**
 * → `[{key, stamp, kind: "day" | "note" | "bubble" | "loading", …}]`. A bubble knows whether it begins a group (avatar, tail) and
 * whether it ends one (time, read mark): the same side, the same voice, the same minute. `images` are the pictures of one set.
 */
export function arrange(messages, { now, keyOf, loadingUntil }) {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const items = [];
  let day = "";
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const name = dayName(message.at, now);
    if (name !== day) items.push({ key: `day-${new Date(message.at).toDateString()}`, kind: "day", text: name, stamp: name });
    const fresh = name !== day;
    day = name;
    if (message.unsent) {
      const text = t(message.direction === "in" ? "unsent.mine" : "unsent.theirs");
      items.push({ key: keyOf(message), kind: "note", text, stamp: `unsent ${text}` });
      return;
    }
    const set = items.at(-1);
    if (sameSet(set?.message, message)) {
      set.images.push(message);
      set.ends = !together(message, messages[index + 1]);
      set.stamp += JSON.stringify([{ ...message, localUrl: null }, set.ends]);
      return;
    }
    const item = {
      key: keyOf(message),
      images: [message],
      kind: "bubble",
      message,
      begins: fresh || !together(before, message),
      ends: !together(message, messages[index + 1]),
      quoted: message.quotedMessageId ? (byId.get(message.quotedMessageId) ?? message.quoted ?? { type: "lost" }) : null,
    };
    item.stamp = JSON.stringify([{ ...message, localUrl: null }, item.begins, item.ends, item.quoted?.unsent, Boolean(item.quoted), Boolean(message.failed)]);
    items.push(item);
  });
  if (loadingUntil) items.push({ key: "loading", kind: "loading", stamp: "loading" });
  return items;
}

/** Pictures that were sent at once stand in one bubble. */
function sameSet(one, other) {
  return other.type === "image" && Boolean(other.imageSet) && one?.imageSet?.id === other.imageSet.id && Boolean(one.failed) === Boolean(other.failed);
}

function together(one, other) {
  if (!one || !other || one.unsent || other.unsent || one.direction !== other.direction) return false;
  return clockTime(one.at) === clockTime(other.at) && other.at - one.at < 60_000 && voice(one) === voice(other);
}

const voice = (message) => (message.sender ? `${message.sender.name}\n${message.sender.iconUrl ?? ""}` : "");

const KINDS = new Set(["image", "video", "audio", "file", "sticker", "location"]);

/** The text of a message that can be copied, or "". */
export function plainText(message) {
  return message.type === "text" || message.type === "textV2" ? (message.text ?? "") : "";
}

/** The last message of a chat in the words of the chat list. */
export function rowText(last) {
  if (!last) return "";
  if (last.unsent) return t("row.unsent");
  if (last.text) return last.text;
  return KINDS.has(last.type) ? t(`row.${last.type}`) : t("row.other");
}

/** A message in a few words, for quotes. */
export function summary(message) {
  if (message.unsent || message.type === "lost") return t("quote.lost");
  if (plainText(message)) return plainText(message);
  if (message.altText) return message.altText;
  if (message.type === "file") return message.fileName;
  return KINDS.has(message.type) ? t(`kind.${message.type}`) : t("kind.other");
}
