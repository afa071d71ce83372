// A stand-in for LINE's LIFF SDK: who opened the page, and closing it. Loaded from the sandbox instead of LINE's servers.
// On a simulated phone the page stands in a frame: what only LINE itself can do is asked of the phone around it.
(() => {
  const kept = "sandbox.liff";
  const sandbox = new URL(document.currentScript.src).origin;
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("access_token")) {
    sessionStorage.setItem(kept, given.toString());
    history.replaceState(null, "", location.pathname + location.search);
  }
  // Several phones share this browser's storage: the tokens that a page came with are its own as long as it is open.
  let tokens = given.has("access_token") ? given : new URLSearchParams(sessionStorage.getItem(kept) ?? "");
  const known = () => tokens;
  const ask = async (path) => {
    const answer = await fetch(sandbox + path, {
      headers: { Authorization: `Bearer ${known().get("access_token")}` },
    });
    if (!answer.ok) throw new Error(`LIFF: ${answer.status}`);
    return answer.json();
  };
  const onPhone = () => parent !== window;
  const tell = (message) => parent.postMessage(message, sandbox);
  const wish = (message, answerTo) =>
    new Promise((done) => {
      addEventListener("message", function heard(event) {
        if (event.origin !== sandbox || event.data?.liff !== answerTo) return;
        removeEventListener("message", heard);
        done(event.data);
      });
      tell(message);
    });
  const decoded = (token) => {
    const bytes = Uint8Array.from(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  };
  let liffId = "";
  window.liff = {
    ready: Promise.resolve(),
    get id() { return liffId; },
    async init(settings) {
      liffId = settings.liffId;
      const url = new URL(location.href);
      const state = url.searchParams.get("liff.state");
      if (state !== null) {
        url.searchParams.delete("liff.state");
        const target = new URL(url.pathname.replace(/\/$/, "") + state, url);
        history.replaceState(null, "", target);
      }
    },
    isLoggedIn: () => known().has("access_token"),
    isInClient: () => known().has("access_token"),
    login() { location.href = `${sandbox}/liff/${liffId}`; },
    logout() {
      sessionStorage.removeItem(kept);
      tokens = new URLSearchParams();
    },
    getAccessToken: () => known().get("access_token"),
    getIDToken: () => known().get("id_token"),
    getDecodedIDToken: () => (known().has("id_token") ? decoded(known().get("id_token")) : null),
    getProfile: () => ask("/v2/profile"),
    getFriendship: () => ask("/friendship/v1/status"),
    async requestFriendship() {
      if (!onPhone()) throw new Error("LIFF: only inside LINE");
      await wish({ liff: "friendship", liffId }, "friendship.answered");
    },
    getContext: () => ({ type: "external", liffId }),
    getOS: () => "web",
    getLanguage: () => navigator.language,
    openWindow({ url }) {
      if (onPhone()) tell({ liff: "open", url });
      else window.open(url, "_blank", "noopener");
    },
    closeWindow() {
      if (onPhone()) tell({ liff: "close" });
      else window.close();
    },
  };
})();
