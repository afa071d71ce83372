// The control API of the emulator, as the phones use it: one place that knows its addresses and shapes.

/** An answer other than success; `message` is for people when the emulator gave one. */
export class Refused extends Error {
  constructor(status, message) {
    super(message || `HTTP ${status}`);
    this.status = status;
  }
}

async function call(method, path, body) {
  const form = body instanceof FormData;
  const answer = await fetch(`/sandbox${path}`, {
    method,
    headers: body && !form ? { "Content-Type": "application/json" } : {},
    body: form ? body : body && JSON.stringify(body),
  });
  const text = await answer.text();
  const value = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Refused(answer.status, value?.error ?? value?.message);
  return value;
}

const chatPath = (person, channel) => `/people/${encodeURIComponent(person)}/channels/${encodeURIComponent(channel)}`;

/** → `{now, channels, bots, people}`: the time in milliseconds, the official accounts, which of them a login channel is linked to, the people. */
export async function world() {
  const { now, channels, people } = await call("GET", "/world");
  return {
    now: now * 1000,
    channels: channels.filter((channel) => channel.kind === "messaging"),
    bots: new Map(channels.filter((channel) => channel.linkedBot).map((channel) => [channel.channelId, channel.linkedBot])),
    people: people.filter((person) => !person.deleted),
  };
}

/** → `[{text, title, note}]`: codes on paper that a phone can be held to. */
export const printedCodes = () => call("GET", "/printed-codes");

/** Whether a page may be shown in the phone's in-app browser. */
export async function framed(address) {
  if (!/^http:/i.test(address)) return false;
  const answer = await call("GET", `/frames?url=${encodeURIComponent(address)}`).catch(() => ({ framed: false }));
  return answer.framed;
}

export const createPerson = (person) => call("POST", "/people", [person]);

/** → `[{channelId, name, iconUrl, friendship: "never" | "friend" | "blocked", last, unread}]` */
export async function chats(person) {
  const rows = await call("GET", `/people/${encodeURIComponent(person)}/chats`);
  return rows.map((row) => ({ ...row, friendship: row.friendship.state }));
}

/** The newest messages of a chat, or those before the message `before`; instants in milliseconds. */
export async function chat(person, channel, before = "") {
  const state = await call("GET", `${chatPath(person, channel)}/chat?limit=100${before ? `&before=${before}` : ""}`);
  return { ...state, friendship: state.friendship.state, loadingUntil: state.loadingUntil && state.loadingUntil * 1000 };
}

export const open = (person, channel) => call("POST", `${chatPath(person, channel)}/open`, {});
export const add = (person, channel) => call("POST", `${chatPath(person, channel)}/add`, {});
export const block = (person, channel) => call("POST", `${chatPath(person, channel)}/block`, {});
export const unblock = (person, channel) => call("POST", `${chatPath(person, channel)}/unblock`, {});
export const postback = (person, channel, body) => call("POST", `${chatPath(person, channel)}/postback`, body);
export const tapRichMenu = (person, channel, body) => call("POST", `${chatPath(person, channel)}/richmenu-tap`, body);
export const unsend = (person, channel, id) => call("POST", `${chatPath(person, channel)}/messages/${id}/unsend`, {});

/** Send a message object; → the messages as the emulator keeps them. */
export async function send(person, channel, message) {
  return (await call("POST", `${chatPath(person, channel)}/messages`, message)).messages;
}

/** Send files of one kind (`image`, `video`, `audio`, `file`); several images make one image set. */
export async function sendFiles(person, channel, type, files, fields = {}) {
  const form = new FormData();
  form.append("type", type);
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  for (const file of files) form.append("file", file, file.name);
  return (await call("POST", `${chatPath(person, channel)}/messages`, form)).messages;
}

/** The address of a drawn QR code. */
export const qr = (text) => `/qr?text=${encodeURIComponent(text)}`;
