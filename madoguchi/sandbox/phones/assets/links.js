// LINE's own addresses (developers.line.biz/en/docs/messaging-api/using-line-url-scheme).

/**
 * Read an address: → `{kind: "add" | "chat", basicId: "@…", text}` for one of LINE's, null for any other.
 * The same paths on this origin count as LINE's, since the emulator answers them.
 */
export function lineLink(address) {
  let url;
  try {
    url = new URL(address.trim().replace(/^line:\/\//, "https://line.me/R/"), location.origin);
  } catch {
    return null;
  }
  if (url.host !== "line.me" && url.host !== location.host) return null;
  const add = url.pathname.match(/^\/R\/ti\/p\/([^/]+)\/?$/);
  if (add) return { kind: "add", basicId: plain(add[1]), text: "" };
  const chat = url.pathname.match(/^\/R\/oaMessage\/([^/]+)\/?$/);
  if (chat) return { kind: "chat", basicId: plain(chat[1]), text: plain(url.search.slice(1)) };
  return null;
}

/**
 * Where an address leads from this person's phone: LINE's login and LIFF pages are this origin's, and know who taps.
 */
export function destination(address, personId) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return address;
  }
  const liff = url.host === "liff.line.me" || (url.host === location.host && url.pathname.startsWith("/liff/"));
  const login = url.host === "access.line.me" || (url.host === location.host && /^\/(oauth2|dialog)\//.test(url.pathname));
  if (!liff && !login) return address;
  const path = url.host === "liff.line.me" ? `/liff${url.pathname}` : url.pathname;
  const here = new URL(path + url.search, location.origin);
  here.searchParams.set("person", personId);
  return here.href;
}

/** Whether an address is one of LINE's own pages on this origin, for which the phone has its in-app browser. */
export function isOnLine(address) {
  const url = new URL(address);
  return url.host === location.host && /^\/(liff|oauth2|dialog)\//.test(url.pathname);
}

/** The address that adds an account as a friend. */
export const addLink = (basicId) => `https://line.me/R/ti/p/${encodeURIComponent(basicId)}`;

function plain(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
